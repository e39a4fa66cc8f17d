#include "attention_tiles.h"
#include "ck_memory.h"
#include "kernel.h"
#include "softmax.h"

#include <float.h>
#include <math.h>

// A few query rows meet all keys while their scores stay in a core's first cache; sums of products stay in registers, 24 at a
// time.
enum {
    tile_rows = 12,   // of queries
    panel_keys = 32,  // two registers of keys for each row
    value_rows = 6,   // rows of weights that meet up to four registers of values
    value_lanes = 64, // in these registers
    largest_size = 256,
    most_keys = 1024 // longer rows of scores leave the first cache
};

void ck_attention_tiles(const ck_attention *attention, const float *queries, const float *panels, const float *value,
                        const float *mask, float *result, float *log_sum_exp, float *scores, ptrdiff_t rows);

#if defined(__x86_64__) && defined(__clang__)
bool ck_attention_has_tiles(const ck_attention *attention) {
    const ptrdiff_t keys = attention->keys, size = attention->size;
    const bool fits = keys > 0 && keys <= most_keys && size > 0 && size <= largest_size && size % 16 == 0;
    return fits && __builtin_cpu_supports("x86-64-v4");
}
#else
bool ck_attention_has_tiles(const ck_attention *attention) { return false; }
#endif

/// Keys in whole panels.
static ptrdiff_t padded_keys(const ck_attention *attention) { return (attention->keys + panel_keys - 1) / panel_keys * panel_keys; }

ptrdiff_t ck_attention_tiles_scratch(const ck_attention *attention) {
    return padded_keys(attention) * (attention->size + tile_rows) + tile_rows * attention->size + 15;
}

/// Keys side by side, 32 to a panel: element i of key k of a panel at 32 i + k. Zeros after the last key.
static void pack_keys(const ck_attention *attention, const float *key, float *panels) {
    const ptrdiff_t stride = attention->k.row_stride, size = attention->size;
    for (ptrdiff_t first = 0; first < attention->keys; first += panel_keys) {
        const ptrdiff_t count = ck_min(panel_keys, attention->keys - first);
        float *panel = panels + first * size;
        if (count < panel_keys) memset(panel, 0, (size_t)(panel_keys * size) * sizeof(float));
        ck_transpose(key + first * stride, stride, panel, panel_keys, count, 0, size);
    }
}

/// scores = scale · q kᵀ for 12 rows and one panel.
CK_INLINE void multiply_panel(const float *q, ptrdiff_t q_stride, const float *panel, ptrdiff_t size, float scale, float *scores,
                              ptrdiff_t stride) {
    lanes sums[tile_rows][2] = {0};
    const float *rows[4] = {q, q + 3 * q_stride, q + 6 * q_stride, q + 9 * q_stride};
    for (ptrdiff_t i = 0; i < size; i++) {
        const lanes a = *(const lanes *)(panel + panel_keys * i), b = *(const lanes *)(panel + panel_keys * i + 16);
        _Pragma("clang loop unroll(full)") for (int r = 0; r < tile_rows; r++) {
            const float x = rows[r / 3][r % 3 * q_stride + i];
            sums[r][0] += x * a;
            sums[r][1] += x * b;
        }
    }
    for (int r = 0; r < tile_rows; r++) {
        *(lanes *)(scores + r * stride) = scale * sums[r][0];
        *(lanes *)(scores + r * stride + 16) = scale * sums[r][1];
    }
}

CK_INLINE void add(const float *CK_RESTRICT mask, float *CK_RESTRICT scores, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) scores[i] += mask[i];
}

/// result = weights · values · inverse by row, for 6 rows of weights of which `rows` count, and some registers of values.
CK_INLINE void multiply_values(const float *weights, ptrdiff_t weights_stride, const float *value, ptrdiff_t value_stride,
                               ptrdiff_t keys, const float *inverses, float *result, ptrdiff_t result_stride, ptrdiff_t rows,
                               int registers) {
    lanes sums[value_rows][4] = {0};
    const float *halves[2] = {weights, weights + 3 * weights_stride};
    for (ptrdiff_t k = 0; k < keys; k++) {
        const float *v = value + k * value_stride;
        _Pragma("clang loop unroll(full)") for (int r = 0; r < value_rows; r++) {
            const float x = halves[r / 3][r % 3 * weights_stride + k];
            _Pragma("clang loop unroll(full)") for (int j = 0; j < registers; j++) sums[r][j] += x * *(const lanes *)(v + 16 * j);
        }
    }
    for (int r = 0; r < value_rows; r++) {
        if (r >= rows) return;
        for (int j = 0; j < registers; j++) *(lanes *)(result + r * result_stride + 16 * j) = inverses[r] * sums[r][j];
    }
}

/// All registers of the values for up to 6 rows of weights.
CK_INLINE void mix_values(const ck_attention *attention, const float *weights, ptrdiff_t weights_stride, const float *value,
                          const float *inverses, float *result, ptrdiff_t rows) {
    const ptrdiff_t stride = attention->v.row_stride, out_stride = attention->out.row_stride, keys = attention->keys;
    for (ptrdiff_t i = 0; i < attention->size; i += value_lanes) {
        const float *v = value + i;
        float *out = result + i;
        switch (ck_min(value_lanes, attention->size - i) / 16) {
            case 4: multiply_values(weights, weights_stride, v, stride, keys, inverses, out, out_stride, rows, 4); break;
            case 3: multiply_values(weights, weights_stride, v, stride, keys, inverses, out, out_stride, rows, 3); break;
            case 2: multiply_values(weights, weights_stride, v, stride, keys, inverses, out, out_stride, rows, 2); break;
            default: multiply_values(weights, weights_stride, v, stride, keys, inverses, out, out_stride, rows, 1);
        }
    }
}

/// Up to 12 rows. `queries`: 12 rows in any case; `mask`: NULL for none.
CK_KERNEL void ck_attention_tiles(const ck_attention *attention, const float *queries, const float *panels, const float *value,
                                  const float *mask, float *result, float *log_sum_exp, float *scores, ptrdiff_t rows) {
    const ptrdiff_t keys = attention->keys, size = attention->size, stride = (keys + panel_keys - 1) / panel_keys * panel_keys;
    for (ptrdiff_t first = 0; first < keys; first += panel_keys)
        multiply_panel(queries, attention->q.row_stride, panels + first * size, size, attention->scale, scores + first, stride);
    float inverses[tile_rows] = {0};
    for (ptrdiff_t row = 0; row < rows; row++) {
        float *x = scores + row * stride;
        if (mask) add(mask + row * attention->mask_layout.row_stride, x, keys);
        float maximum = row_maximum(x, keys);
        // A finite number: −∞ less it is −∞.
        if (mask && maximum == -INFINITY) maximum = -FLT_MAX;
        // Whole registers: what follows the last key becomes 0.
        for (ptrdiff_t k = keys; k < stride; k++) x[k] = -INFINITY;
        const float sum = exponentiate(x, maximum, stride);
        const bool sees_nothing = mask && sum == 0.0f;
        inverses[row] = sees_nothing ? 0.0f : 1.0f / sum;
        if (log_sum_exp) log_sum_exp[row] = sees_nothing ? INFINITY : maximum + logf(sum);
    }
    for (ptrdiff_t row = 0; row < rows; row += value_rows)
        mix_values(attention, scores + row * stride, stride, value, inverses + row, result + row * attention->out.row_stride,
                   rows - row);
}

void ck_attention_forward_tiles(const ck_attention *attention, const float *queries, const float *key, const float *value,
                                const float *mask, float *result, float *log_sum_exp, float *scratch, ptrdiff_t begin,
                                ptrdiff_t end) {
    const ptrdiff_t size = attention->size, stride = attention->q.row_stride, keys = padded_keys(attention);
    float *panels = scratch, *scores = panels + keys * size, *last_rows = scores + keys * tile_rows;
    pack_keys(attention, key, panels);
    for (ptrdiff_t first = begin; first < end; first += tile_rows) {
        const ptrdiff_t rows = ck_min(tile_rows, end - first);
        ck_attention layout = *attention;
        const float *tile = queries + first * stride;
        if (rows < tile_rows) {
            // Rows that a whole tile may read.
            memset(last_rows, 0, (size_t)(tile_rows * size) * sizeof(float));
            for (ptrdiff_t row = 0; row < rows; row++)
                memcpy(last_rows + row * size, tile + row * stride, (size_t)size * sizeof(float));
            layout.q.row_stride = size;
            tile = last_rows;
        }
        ck_attention_tiles(&layout, tile, panels, value, mask ? mask + first * attention->mask_layout.row_stride : NULL,
                           result + first * attention->out.row_stride, log_sum_exp ? log_sum_exp + first : NULL, scores, rows);
    }
}
