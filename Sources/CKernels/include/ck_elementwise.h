// Elementwise float32 functions over strided views of any rank.
//
// A loop describes the common shape and, per operand, the distance between neighbours along each axis in elements (0 repeats an
// element). Operand 0 is the output. Elements are numbered in row-major order; a call handles numbers `begin ..< end`.
#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    ptrdiff_t rank;              // at least 1
    const ptrdiff_t *extents;    // [rank]
    const ptrdiff_t *strides[4]; // [rank] each: output, then inputs
} ck_loop;

typedef enum {
    ck_negate, ck_absolute, ck_square, ck_square_root, ck_reciprocal_square_root, ck_reciprocal, ck_exponential, ck_logarithm, ck_sine,
    ck_cosine, ck_tangent_hyperbolic, ck_logistic, ck_silu, ck_error_function, ck_affine, ck_clamp, ck_identity
} ck_unary_function;

typedef enum {
    ck_add, ck_subtract, ck_multiply, ck_divide, ck_maximum, ck_minimum, ck_is_less, ck_is_less_or_equal, ck_is_equal
} ck_binary_function;

/// `parameters`: scale and shift of `ck_affine`, lower and upper limit of `ck_clamp`. `ck_identity` copies.
void ck_unary(ck_unary_function function, const float parameters[2], const ck_loop *loop, const float *x, float *out, bool accumulate,
              ptrdiff_t begin, ptrdiff_t end);

void ck_binary(ck_binary_function function, const ck_loop *loop, const float *a, const float *b, float *out, bool accumulate,
               ptrdiff_t begin, ptrdiff_t end);

/// out = condition ≠ 0 ? a : b
void ck_select(const ck_loop *loop, const float *condition, const float *a, const float *b, float *out, bool accumulate,
               ptrdiff_t begin, ptrdiff_t end);

/// Adds `x` [columns] to each row of `out` [rows, columns], rows `stride` numbers apart.
void ck_add_to_rows(const float *x, float *out, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns);

#endif
