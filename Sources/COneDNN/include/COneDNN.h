// oneDNN's matrix product, opened at run time where the library is installed (Debian: libdnnl2, libdnnl3 or libdnnl-dev).
#ifndef CONEDNN_H
#define CONEDNN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens the library at the first call (thread-safe); every later call is free. Returns true when it can be used.
bool conednn_load(void);

/// Why the library could not be opened and what to do about it; NULL when it is loaded.
const char *conednn_error(void);

/// Such as "2.6.3"; NULL when the library is not loaded.
const char *conednn_version(void);

/// C = alpha · op(A) · op(B) + beta · C in row-major order, on the calling thread alone.
///
/// op(A) is [m, k], op(B) is [k, n], C is [m, n]; a leading dimension is the distance between stored rows. C is not read when
/// beta is 0. Returns false, without having written C, if the library could not get its working memory. The library must be
/// loaded.
bool conednn_sgemm(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha, const float *a,
                   ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc);

#ifdef __cplusplus
}
#endif

#endif
