// OpenBLAS, opened at run time after choosing its kernels for this CPU.
//
// Debian's build dispatches on CPU model numbers and falls back to 20-year-old kernels on a model it does not know, six times
// slower than the machine can go. So the CPU's features decide: see `core_type.c`. A value that the user set is kept.
#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens the library at the first call (thread-safe); every later call is free. Returns true when it can be used.
bool copenblas_load(void);

/// Why the library could not be opened and what to do about it; NULL when it is loaded.
const char *copenblas_error(void);

/// The kernels in use, such as "SkylakeX"; NULL when the library is not loaded.
const char *copenblas_core_name(void);

/// The library's own description: version and build options; NULL when it is not loaded.
const char *copenblas_configuration(void);

/// The file name that was opened; NULL when the library is not loaded.
const char *copenblas_library_name(void);

/// C = alpha · op(A) · op(B) + beta · C in row-major order, on the calling thread alone.
///
/// op(A) is [m, k], op(B) is [k, n], C is [m, n]; a leading dimension is the distance between stored rows. C is not read when
/// beta is 0. Sizes must fit 31 bits. The library must be loaded.
void copenblas_sgemm(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha, const float *a,
                     ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc);

/// The same in double precision.
void copenblas_dgemm(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, double alpha, const double *a,
                     ptrdiff_t lda, const double *b, ptrdiff_t ldb, double beta, double *c, ptrdiff_t ldc);

/// Whether the library was built with LAPACK.
bool copenblas_has_lapack(void);

/// Eigenvalues, ascending, of a symmetric [n, n] matrix, and if wanted its eigenvectors, which replace the matrix, one per
/// row. Returns LAPACK's status: 0 on success, above 0 without convergence, -1 without memory. LAPACK must be there.
int copenblas_dsyevd(bool wants_vectors, ptrdiff_t n, double *matrix, double *values);

#ifdef __cplusplus
}
#endif

#endif
