// RMS and layer normalisation with a weight and, optionally, a scale and shift per image (adaptive norm).
//
//   x̂ = (x − m) / √(mean (x − m)² + ε),   y = x̂ · w · (1 + scale_b) + shift_b
//
// m is the row's mean (layer norm) or 0 (RMS norm). A layer norm's bias is the shift of a single image.
//
// x, y: [rows, width], contiguous. `rows_per_image` rows share one row of `scale` and `shift` (each NULL for none), whose rows
// are `modulation_stride` apart, so that both can be slices of one [images, 6 · width] tensor. `weight`: [width] or NULL for 1.
#ifndef CK_NORM_H
#define CK_NORM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    ptrdiff_t width;
    ptrdiff_t rows_per_image;
    ptrdiff_t modulation_stride;
    const float *weight;
    const float *scale;
    const float *shift;
    float epsilon;
    bool centres; // whether m is the mean
} ck_norm;

/// Rows `begin ..< end`; `kept` (or NULL) holds for the backward pass 1 / √(mean (x − m)² + ε) of each row, [rows], with `centres`
/// followed by m, [rows, 2].
void ck_norm_forward(const ck_norm *norm, const float *x, float *y, float *kept, ptrdiff_t begin, ptrdiff_t end);

/// Rows `begin ..< end`, all of one image: dx (overwritten, or added to with `accumulate`; NULL to skip) and this range's sums
/// Σ dy·x̂ and Σ dy into `sums` ([2, width], overwritten; NULL to skip), from which `ck_norm_finish` makes the other gradients.
void ck_norm_backward(const ck_norm *norm, const float *x, const float *kept, const float *dy, float *dx, bool accumulate,
                      float *sums, ptrdiff_t begin, ptrdiff_t end);

/// Where a gradient goes: dense, or NULL if it is not wanted.
typedef struct {
    float *values;
    bool accumulates;
} ck_norm_target;

typedef struct {
    ck_norm_target weight; // [width]
    ck_norm_target scale;  // [images, width]
    ck_norm_target shift;  // [images, width]
} ck_norm_gradients;

/// Columns `begin ..< end` of the gradients of weight, scale and shift. `sums`: [images, chunks_per_image, 2, width].
void ck_norm_finish(const ck_norm *norm, const float *sums, ptrdiff_t images, ptrdiff_t chunks_per_image,
                    const ck_norm_gradients *gradients, ptrdiff_t begin, ptrdiff_t end);

#endif
