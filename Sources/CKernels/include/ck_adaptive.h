// Adaptive layer norm and residual where every row has a condition of its own, as in a decoder of single pixels.
//
// x, y: [rows, width], contiguous. `modulation`: [rows, (shift: width, scale: width, gate: width)], contiguous.
//
//   x̂ = (x − mean x) / √(variance x + ε),   y = (x̂ · w + b) · (1 + scale) + shift
//   out = x + gate · y
#ifndef CK_ADAPTIVE_H
#define CK_ADAPTIVE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    ptrdiff_t width;
    float epsilon;
    const float *weight; // [width]
    const float *bias;   // [width]
} ck_adaptive_norm;

/// A gradient's place, overwritten or added to; NULL if it is not wanted.
typedef struct {
    float *values;
    bool accumulates;
} ck_adaptive_target;

/// Rows `begin ..< end`.
void ck_adaptive_norm_forward(const ck_adaptive_norm *norm, const float *x, const float *modulation, float *y, ptrdiff_t begin,
                              ptrdiff_t end);

/// Rows `begin ..< end`: gradients of x and of the modulation (the gate's part is 0), and this range's shares of the gradients of
/// weight and bias into `sums` ([2, width], overwritten; NULL to skip).
void ck_adaptive_norm_backward(const ck_adaptive_norm *norm, const float *x, const float *modulation, const float *dy,
                               const ck_adaptive_target *dx, const ck_adaptive_target *dmodulation, float *sums, ptrdiff_t begin,
                               ptrdiff_t end);

/// out = x + gate · y, rows `begin ..< end`.
void ck_adaptive_residual_forward(const float *x, const float *y, const float *modulation, float *out, ptrdiff_t width,
                                  ptrdiff_t begin, ptrdiff_t end);

/// Rows `begin ..< end`: gradients of y and of the modulation (those of shift and scale are 0); x's is dout itself.
void ck_adaptive_residual_backward(const float *y, const float *modulation, const float *dout, const ck_adaptive_target *dy,
                                   const ck_adaptive_target *dmodulation, ptrdiff_t width, ptrdiff_t begin, ptrdiff_t end);

/// Columns `begin ..< end` of Σ over chunks of `sums` [chunks, stride], into a dense target.
void ck_adaptive_sum(const float *sums, ptrdiff_t chunks, ptrdiff_t stride, const ck_adaptive_target *target, ptrdiff_t begin,
                     ptrdiff_t end);

#endif
