// The matrix product that kernels call: one of a library that computes on the calling thread.
#ifndef CK_PRODUCT_H
#define CK_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

/// C = alpha · op(A) · op(B) + beta · C in row-major order; `copenblas_sgemm` is one.
///
/// op(A) is [m, k], op(B) is [k, n], C is [m, n]; a leading dimension is the distance between stored rows. C is not read when
/// beta is 0. Sizes must fit 31 bits.
typedef void ck_product(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float alpha, const float *a,
                        ptrdiff_t lda, const float *b, ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc);

/// By oneDNN, which must be loaded as well as OpenBLAS; by OpenBLAS where oneDNN cannot get its working memory.
ck_product ck_onednn_product;

#endif
