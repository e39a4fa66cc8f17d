// Linear layers of a few rows, such as adaLN's: bound by reading or writing the weight, which a blocked product would pack first.
#ifndef CK_SKINNY_H
#define CK_SKINNY_H

#include <stdbool.h>
#include <stddef.h>

/// From how many rows on a blocked matrix product is faster.
enum { ck_skinny_maximum_rows = 8 };

typedef struct {
    ptrdiff_t rows;    // at most ck_skinny_maximum_rows
    ptrdiff_t inputs;  // columns of x and of the weight
    ptrdiff_t outputs; // rows of the weight, columns of y
} ck_skinny;

/// Columns `begin ..< end` of y = x wᵀ + bias (NULL for none); x: [rows, inputs], w: [outputs, inputs].
void ck_skinny_forward(const ck_skinny *sizes, const float *x, const float *w, const float *bias, float *y, ptrdiff_t begin,
                       ptrdiff_t end);

/// The same with a weight whose columns are dense: w[o, i] lies at i · stride + o.
void ck_skinny_forward_columns(const ck_skinny *sizes, const float *x, const float *w, ptrdiff_t stride, const float *bias, float *y,
                               ptrdiff_t begin, ptrdiff_t end);

/// The share of weight rows `begin ..< end` in dx = dy w: [rows, inputs], overwritten. dx is the sum of the shares.
void ck_skinny_input_gradient(const ck_skinny *sizes, const float *dy, const float *w, float *share, ptrdiff_t begin, ptrdiff_t end);

/// Rows `begin ..< end` of dw = dyᵀ x.
void ck_skinny_weight_gradient(const ck_skinny *sizes, const float *dy, const float *x, float *dw, bool accumulate, ptrdiff_t begin,
                               ptrdiff_t end);

#endif
