// A pool of threads that owns the cores: one job at a time, split into tasks that the threads pick dynamically.
#ifndef CK_POOL_H
#define CK_POOL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ck_pool ck_pool;

/// One task of a job. `worker` is in 0 ..< thread count and unique among tasks that run at the same time: an index for scratch.
typedef void (*ck_task)(void *context, ptrdiff_t task, ptrdiff_t worker);

/// Starts `threads - 1` threads (the caller of `ck_pool_run` is the remaining one). NULL when a thread cannot be started.
ck_pool *ck_pool_create(ptrdiff_t threads);

/// Stops and joins the threads. No job may be running.
void ck_pool_destroy(ck_pool *pool);

ptrdiff_t ck_pool_thread_count(const ck_pool *pool);

/// Runs tasks 0 ..< count and returns when all are done. Which thread runs a task is not determined, so a task must not depend
/// on it. A call from inside a task runs inline; calls from different threads take turns.
void ck_pool_run(ck_pool *pool, ptrdiff_t count, ck_task task, void *context);

#ifdef __cplusplus
}
#endif

#endif
