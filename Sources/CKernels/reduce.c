#include "ck_reduce.h"
#include "kernel.h"

#include <math.h>

enum { longest_run = 4096, column_block = 256, rows_per_partial = 64 };

double ck_reduce_run(ck_reduction reduction, const float *x, ptrdiff_t stride, ptrdiff_t n);
void ck_reduce_add_row(ck_reduction reduction, const float *x, float *sums, ptrdiff_t n);

/// NaN wins, so that a diverged value is seen.
CK_INLINE float larger(float x, float maximum) { return x > maximum || x != x ? x : maximum; }

CK_KERNEL double ck_reduce_run(ck_reduction reduction, const float *x, ptrdiff_t stride, ptrdiff_t n) {
    CK_REASSOCIATE
    float result = 0;
    switch (reduction) {
        case ck_reduce_sum:
            if (stride == 1) {
                CK_VECTOR for (ptrdiff_t i = 0; i < n; i++) result += x[i];
            } else {
                for (ptrdiff_t i = 0; i < n; i++) result += x[i * stride];
            }
            break;
        case ck_reduce_sum_of_squares:
            if (stride == 1) {
                CK_VECTOR for (ptrdiff_t i = 0; i < n; i++) result += x[i] * x[i];
            } else {
                for (ptrdiff_t i = 0; i < n; i++) result += x[i * stride] * x[i * stride];
            }
            break;
        case ck_reduce_maximum:
            result = -INFINITY;
            for (ptrdiff_t i = 0; i < n; i++) result = larger(x[i * stride], result);
            break;
    }
    return result;
}

/// Where row-major number `row` of all axes but the last lies.
CK_INLINE ptrdiff_t row_offset(const ck_reduced_axes *axes, ptrdiff_t row) {
    ptrdiff_t offset = 0;
    for (ptrdiff_t axis = axes->rank - 2; axis >= 0; axis--) {
        offset += row % axes->extents[axis] * axes->strides[axis];
        row /= axes->extents[axis];
    }
    return offset;
}

double ck_reduce_group(ck_reduction reduction, const ck_reduced_axes *axes, const float *x, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t run = axes->extents[axes->rank - 1], stride = axes->strides[axes->rank - 1];
    double result = reduction == ck_reduce_maximum ? -INFINITY : 0;
    while (begin < end) {
        const ptrdiff_t column = begin % run;
        ptrdiff_t n = ck_min(run - column, end - begin);
        n = ck_min(n, longest_run);
        const double part = ck_reduce_run(reduction, x + row_offset(axes, begin / run) + column * stride, stride, n);
        if (reduction != ck_reduce_maximum) result += part;
        else if (part > result || part != part) result = part;
        begin += n;
    }
    return result;
}

CK_KERNEL void ck_reduce_add_row(ck_reduction reduction, const float *CK_RESTRICT x, float *CK_RESTRICT sums, ptrdiff_t n) {
    switch (reduction) {
        case ck_reduce_sum: CK_VECTOR for (ptrdiff_t i = 0; i < n; i++) sums[i] += x[i]; break;
        case ck_reduce_sum_of_squares: CK_VECTOR for (ptrdiff_t i = 0; i < n; i++) sums[i] += x[i] * x[i]; break;
        case ck_reduce_maximum: CK_VECTOR for (ptrdiff_t i = 0; i < n; i++) sums[i] = larger(x[i], sums[i]); break;
    }
}

void ck_reduce_columns(ck_reduction reduction, const ck_reduced_axes *axes, const float *x, ptrdiff_t columns, float *out,
                       bool accumulate) {
    const ptrdiff_t run = axes->extents[axes->rank - 1], stride = axes->strides[axes->rank - 1];
    const bool is_maximum = reduction == ck_reduce_maximum;
    ptrdiff_t rows = 1;
    for (ptrdiff_t axis = 0; axis < axes->rank; axis++) rows *= axes->extents[axis];
    for (ptrdiff_t first = 0; first < columns; first += column_block) {
        const ptrdiff_t n = ck_min(column_block, columns - first);
        double totals[column_block];
        float sums[column_block];
        for (ptrdiff_t i = 0; i < n; i++) totals[i] = is_maximum ? -INFINITY : 0;
        // Partial sums of a few rows in float, their total in Float64: long columns lose digits otherwise.
        for (ptrdiff_t row = 0; row < rows; row += rows_per_partial) {
            const ptrdiff_t row_end = ck_min(row + rows_per_partial, rows);
            for (ptrdiff_t i = 0; i < n; i++) sums[i] = is_maximum ? -INFINITY : 0;
            for (ptrdiff_t r = row; r < row_end; r++)
                ck_reduce_add_row(reduction, x + first + row_offset(axes, r / run) + r % run * stride, sums, n);
            for (ptrdiff_t i = 0; i < n; i++) {
                if (!is_maximum) totals[i] += sums[i];
                else if (sums[i] > totals[i] || sums[i] != sums[i]) totals[i] = sums[i];
            }
        }
        for (ptrdiff_t i = 0; i < n; i++) out[first + i] = (float)totals[i] + (accumulate ? out[first + i] : 0.0f);
    }
}

CK_KERNEL void ck_reduce_sum_rows(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t count, float *sums, bool accumulate) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        CK_REASSOCIATE
        float sum = 0;
        CK_VECTOR
        for (ptrdiff_t i = 0; i < count; i++) sum += x[row * stride + i];
        sums[row] = sum + (accumulate ? sums[row] : 0.0f);
    }
}
