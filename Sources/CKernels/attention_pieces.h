// Pieces of attention whose sums stay in registers, 24 of 512 bits at a time.
#ifndef ATTENTION_PIECES_H
#define ATTENTION_PIECES_H

#include "ck_attention.h"
#include "ck_memory.h"
#include "kernel.h"
#include "softmax.h"

#include <float.h>
#include <math.h>

enum {
    tile_rows = 12,  // of queries, that meet all keys while their scores stay in a core's first cache
    panel_keys = 32, // two registers of keys for each row
    mixed_rows = 6,  // rows of weights that meet up to four registers of values
    mixed_lanes = 64 // in these registers
};

/// Keys in whole registers: numbers from one row of scores to the next.
CK_INLINE ptrdiff_t padded_keys(const ck_attention *attention) { return (attention->keys + ck_lanes - 1) / ck_lanes * ck_lanes; }

/// How many keys lie side by side in the panel that starts at key `first`: the last panel may be half as wide.
CK_INLINE ptrdiff_t panel_width(ptrdiff_t padded, ptrdiff_t first) { return ck_min(panel_keys, padded - first); }

/// Rows [keys, size] side by side in panels: element i of row k of the panel at `first` lies at size · first + width · i + k. Zeros after
/// the last row.
CK_INLINE void pack_panels(const ck_attention *attention, const float *rows, ptrdiff_t stride, float *panels) {
    const ptrdiff_t size = attention->size, padded = padded_keys(attention);
    for (ptrdiff_t first = 0; first < padded; first += panel_keys) {
        const ptrdiff_t width = panel_width(padded, first), count = ck_min(width, attention->keys - first);
        float *panel = panels + first * size;
        if (count < width) memset(panel, 0, (size_t)(width * size) * sizeof(float));
        ck_transpose(rows + first * stride, stride, panel, width, count, 0, size);
    }
}

/// The last rows as a whole tile, which may be read: [12, size] with zeros at the end.
CK_INLINE const float *padded_tile(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t size, float *tile) {
    memset(tile, 0, (size_t)(tile_rows * size) * sizeof(float));
    for (ptrdiff_t row = 0; row < rows; row++) memcpy(tile + row * size, x + row * stride, (size_t)size * sizeof(float));
    return tile;
}

CK_INLINE void multiply_registers(const float *x, ptrdiff_t x_stride, const float *panel, ptrdiff_t size, float factor, float *products,
                                  ptrdiff_t stride, int registers) {
    lanes sums[tile_rows][2] = {0};
    const float *rows[4] = {x, x + 3 * x_stride, x + 6 * x_stride, x + 9 * x_stride};
    for (ptrdiff_t i = 0; i < size; i++, panel += registers * ck_lanes) {
        _Pragma("clang loop unroll(full)") for (int r = 0; r < tile_rows; r++) {
            const float value = rows[r / 3][r % 3 * x_stride];
            _Pragma("clang loop unroll(full)") for (int j = 0; j < registers; j++)
                sums[r][j] += value * *(const lanes *)(panel + j * ck_lanes);
        }
        _Pragma("clang loop unroll(full)") for (int k = 0; k < 4; k++) rows[k]++;
    }
    for (int r = 0; r < tile_rows; r++)
        for (int j = 0; j < registers; j++) *(lanes *)(products + r * stride + j * ck_lanes) = factor * sums[r][j];
}

/// products = factor · x · rowsᵀ for a tile of x and all panels.
CK_INLINE void multiply_panels(const ck_attention *attention, const float *x, ptrdiff_t x_stride, const float *panels, float factor,
                               float *products) {
    const ptrdiff_t size = attention->size, padded = padded_keys(attention);
    for (ptrdiff_t first = 0; first < padded; first += panel_keys) {
        const float *panel = panels + first * size;
        if (panel_width(padded, first) == panel_keys)
            multiply_registers(x, x_stride, panel, size, factor, products + first, padded, 2);
        else
            multiply_registers(x, x_stride, panel, size, factor, products + first, padded, 1);
    }
}

/// A mixture of `terms` rows of values for each row of weights: the weight of term t in row r lies at r · stride + t, or at
/// t · stride + r where functions say `is_transposed`.
typedef struct {
    const float *weights;
    ptrdiff_t stride;
    const float *values;
    ptrdiff_t values_stride;
    ptrdiff_t terms;
    ptrdiff_t size;
} mixture;

CK_INLINE void mix_registers(const mixture *m, ptrdiff_t row, ptrdiff_t i, const float *factors, float *result,
                             ptrdiff_t result_stride, ptrdiff_t rows, bool accumulates, bool is_transposed, int registers) {
    const ptrdiff_t stride = m->stride, terms = m->terms;
    const float *weights = m->weights + row * (is_transposed ? 1 : stride), *half = weights + 3 * stride;
    lanes sums[mixed_rows][4] = {0};
    for (ptrdiff_t t = 0; t < terms; t++) {
        const float *v = m->values + t * m->values_stride + i;
        _Pragma("clang loop unroll(full)") for (int r = 0; r < mixed_rows; r++) {
            const float x = is_transposed ? weights[t * stride + r] : (r < 3 ? weights : half)[r % 3 * stride + t];
            _Pragma("clang loop unroll(full)") for (int j = 0; j < registers; j++) sums[r][j] += x * *(const lanes *)(v + ck_lanes * j);
        }
    }
    for (int r = 0; r < mixed_rows; r++) {
        if (r >= rows) return;
        for (int j = 0; j < registers; j++) {
            lanes *target = (lanes *)(result + r * result_stride + i + ck_lanes * j);
            const lanes sum = factors ? factors[r] * sums[r][j] : sums[r][j];
            *target = accumulates ? *target + sum : sum;
        }
    }
}

/// All registers of the values for up to 6 rows of weights from `row` on. Weights of 6 rows are read in any case.
CK_INLINE void mix_rows(const mixture *m, ptrdiff_t row, const float *factors, float *result, ptrdiff_t stride, ptrdiff_t rows,
                        bool accumulates, bool is_transposed) {
    for (ptrdiff_t i = 0; i < m->size; i += mixed_lanes) {
        switch (ck_min(mixed_lanes, m->size - i) / ck_lanes) {
            case 4: mix_registers(m, row, i, factors, result, stride, rows, accumulates, is_transposed, 4); break;
            case 3: mix_registers(m, row, i, factors, result, stride, rows, accumulates, is_transposed, 3); break;
            case 2: mix_registers(m, row, i, factors, result, stride, rows, accumulates, is_transposed, 2); break;
            default: mix_registers(m, row, i, factors, result, stride, rows, accumulates, is_transposed, 1);
        }
    }
}

CK_INLINE void add_mask(const float *CK_RESTRICT mask, float *CK_RESTRICT scores, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) scores[i] += mask[i];
}

/// From a row of scores (padded) to exponentials of which the softmax is the multiple that is returned: 0 for a row that a mask hides
/// altogether. The row's log-sum-exp (∞ for such a row) into `log_sum_exp`, or NULL; `mask`: the row's, or NULL.
CK_INLINE float exponentiate_row(const ck_attention *attention, const float *mask, float *x, float *log_sum_exp) {
    const ptrdiff_t keys = attention->keys, padded = padded_keys(attention);
    if (mask) add_mask(mask, x, keys);
    float maximum = row_maximum(x, keys);
    // A finite number: −∞ less it is −∞.
    if (mask && maximum == -INFINITY) maximum = -FLT_MAX;
    // Whole registers: what follows the last key becomes 0.
    for (ptrdiff_t k = keys; k < padded; k++) x[k] = -INFINITY;
    const float sum = exponentiate(x, maximum, padded);
    const bool sees_nothing = mask && sum == 0.0f;
    if (log_sum_exp) *log_sum_exp = sees_nothing ? INFINITY : maximum + logf(sum);
    return sees_nothing ? 0.0f : 1.0f / sum;
}

#endif
