// Reductions of float32 views. Sums are exact to Float64 across runs; within a run of at most 4,096 elements they use float lanes.
#ifndef CK_REDUCE_H
#define CK_REDUCE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { ck_reduce_sum, ck_reduce_maximum, ck_reduce_sum_of_squares } ck_reduction;

/// The axes that are reduced: row-major, distances in elements.
typedef struct {
    ptrdiff_t rank; // at least 1
    const ptrdiff_t *extents;
    const ptrdiff_t *strides;
} ck_reduced_axes;

/// Reduces elements `begin ..< end` (row-major numbers) of one group that starts at `x`.
double ck_reduce_group(ck_reduction reduction, const ck_reduced_axes *axes, const float *x, ptrdiff_t begin, ptrdiff_t end);

/// Reduces `columns` neighbouring groups at once (column c starts at x + c): for sums over leading axes. `out`: [columns], dense.
void ck_reduce_columns(ck_reduction reduction, const ck_reduced_axes *axes, const float *x, ptrdiff_t columns, float *out,
                       bool accumulate);

/// Sums of `rows` rows of `count` numbers, at most 4,096, into `sums` or added to them.
void ck_reduce_sum_rows(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t count, float *sums, bool accumulate);

#endif
