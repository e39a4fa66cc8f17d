#include "ck_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/// How long a waiting thread keeps its core to itself, and how long it then keeps looking while it lets others run, before it
/// sleeps. A step is hundreds of jobs in a row, and waking a sleeping thread takes longer than many of them: on a virtual machine
/// a core that sleeps is given away, and comes back late.
static const int64_t spin_nanoseconds = 50000, yield_nanoseconds = 5000000;

struct ck_pool {
    pthread_mutex_t turn;      // held by the caller whose job runs
    pthread_mutex_t lock;      // guards sleeping and waking
    pthread_cond_t job_posted; // signalled under `lock`
    pthread_cond_t job_done;
    ptrdiff_t thread_count;
    pthread_t *threads;

    // The job, written by the caller before `generation` is raised.
    ck_task task;
    void *context;
    ptrdiff_t count;

    _Alignas(64) atomic_uint_fast64_t generation; // raised once per job
    _Alignas(64) atomic_ptrdiff_t next;           // the first task that nobody has taken
    _Alignas(64) atomic_ptrdiff_t working;        // workers that have not left the job yet
    _Alignas(64) atomic_int sleeping;
    atomic_bool caller_sleeps;
    atomic_bool stopping;
};

typedef struct {
    ck_pool *pool;
    ptrdiff_t index;
} worker_start;

/// The worker index of the task that this thread runs, and of which pool: how a nested call is recognised.
static _Thread_local struct {
    const ck_pool *pool;
    ptrdiff_t worker;
} current;

static void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// Waits until `is_over(context)` or for as long as a thread should before it sleeps. Returns whether it is over.
static bool wait_awake(bool (*is_over)(const void *context), const void *context) {
    const int64_t start = nanoseconds();
    for (;;) {
        const int64_t waited = nanoseconds() - start;
        if (waited >= yield_nanoseconds) return false;
        if (waited >= spin_nanoseconds) sched_yield();
        for (int i = 0; i < 64; i++) {
            if (is_over(context)) return true;
            pause_briefly();
        }
    }
}

static void take_tasks(ck_pool *pool, ptrdiff_t worker) {
    current.pool = pool;
    current.worker = worker;
    for (;;) {
        const ptrdiff_t task = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (task >= pool->count) break;
        pool->task(pool->context, task, worker);
    }
    current.pool = NULL;
}

typedef struct {
    ck_pool *pool;
    uint64_t generation;
} seen_job;

static bool is_new_job(const void *context) {
    const seen_job *seen = context;
    return atomic_load_explicit(&seen->pool->generation, memory_order_acquire) != seen->generation;
}

/// Waits for a generation other than `seen`: looks for a while, then sleeps.
static uint64_t await_job(ck_pool *pool, uint64_t seen) {
    const seen_job job = {pool, seen};
    if (wait_awake(is_new_job, &job)) return atomic_load_explicit(&pool->generation, memory_order_acquire);

    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleeping, 1);
    uint64_t generation;
    while ((generation = atomic_load(&pool->generation)) == seen) pthread_cond_wait(&pool->job_posted, &pool->lock);
    atomic_fetch_sub(&pool->sleeping, 1);
    pthread_mutex_unlock(&pool->lock);
    return generation;
}

static void leave_job(ck_pool *pool) {
    // Sequentially consistent on both sides: either the caller sees the count, or we see that it sleeps.
    if (atomic_fetch_sub(&pool->working, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
        pthread_mutex_lock(&pool->lock);
        pthread_cond_signal(&pool->job_done);
        pthread_mutex_unlock(&pool->lock);
    }
}

static void *worker_main(void *argument) {
    const worker_start start = *(worker_start *)argument;
    free(argument);
    uint64_t seen = 0;
    for (;;) {
        seen = await_job(start.pool, seen);
        if (atomic_load(&start.pool->stopping)) return NULL;
        take_tasks(start.pool, start.index);
        leave_job(start.pool);
    }
}

static void post(ck_pool *pool) {
    atomic_fetch_add(&pool->generation, 1);
    if (atomic_load(&pool->sleeping) == 0) return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->job_posted);
    pthread_mutex_unlock(&pool->lock);
}

static bool are_workers_done(const void *context) {
    const ck_pool *pool = context;
    return atomic_load_explicit(&pool->working, memory_order_acquire) == 0;
}

static void await_workers(ck_pool *pool) {
    if (wait_awake(are_workers_done, pool)) return;

    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->caller_sleeps, true);
    while (atomic_load(&pool->working) != 0) pthread_cond_wait(&pool->job_done, &pool->lock);
    atomic_store(&pool->caller_sleeps, false);
    pthread_mutex_unlock(&pool->lock);
}

void ck_pool_run(ck_pool *pool, ptrdiff_t count, ck_task task, void *context) {
    if (count <= 0) return;
    const bool nested = current.pool == pool;
    if (nested || count == 1 || pool->thread_count == 1) {
        // A lone job outside of the pool still needs its turn: its scratch is worker 0's.
        if (!nested) pthread_mutex_lock(&pool->turn);
        const ptrdiff_t worker = nested ? current.worker : 0;
        const ck_pool *outer = current.pool;
        const ptrdiff_t outer_worker = current.worker;
        current.pool = pool;
        current.worker = worker;
        for (ptrdiff_t i = 0; i < count; i++) task(context, i, worker);
        current.pool = outer;
        current.worker = outer_worker;
        if (!nested) pthread_mutex_unlock(&pool->turn);
        return;
    }
    pthread_mutex_lock(&pool->turn);
    pool->task = task;
    pool->context = context;
    pool->count = count;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->working, pool->thread_count - 1);
    post(pool);
    take_tasks(pool, 0);
    await_workers(pool);
    pthread_mutex_unlock(&pool->turn);
}

ptrdiff_t ck_pool_thread_count(const ck_pool *pool) { return pool->thread_count; }

void ck_pool_destroy(ck_pool *pool) {
    atomic_store(&pool->stopping, true);
    post(pool);
    for (ptrdiff_t i = 1; i < pool->thread_count; i++) pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->job_posted);
    pthread_cond_destroy(&pool->job_done);
    pthread_mutex_destroy(&pool->lock);
    pthread_mutex_destroy(&pool->turn);
    free(pool->threads);
    free(pool);
}

ck_pool *ck_pool_create(ptrdiff_t threads) {
    if (threads < 1) threads = 1;
    ck_pool *pool = aligned_alloc(64, (sizeof(ck_pool) + 63) / 64 * 64);
    if (!pool) return NULL;
    *pool = (ck_pool){.thread_count = 1};
    pool->threads = calloc((size_t)threads, sizeof(pthread_t));
    pthread_mutex_init(&pool->turn, NULL);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->job_posted, NULL);
    pthread_cond_init(&pool->job_done, NULL);
    bool failed = pool->threads == NULL;
    for (ptrdiff_t i = 1; i < threads && !failed; i++) {
        worker_start *start = malloc(sizeof *start);
        failed = start == NULL;
        if (failed) break;
        *start = (worker_start){pool, i};
        failed = pthread_create(&pool->threads[i], NULL, worker_main, start) != 0;
        if (failed) free(start);
        else pool->thread_count = i + 1;
    }
    if (!failed) return pool;
    ck_pool_destroy(pool);
    return NULL;
}
