#include "attention_tiles.h"
#include "attention_pieces.h"

enum {
    largest_size = 256,
    most_keys = 1024 // longer rows of scores leave the first cache
};

void ck_attention_tiles(const ck_attention *attention, const float *queries, const float *panels, const float *value,
                        const float *mask, float *result, float *log_sum_exp, float *scores, ptrdiff_t rows);

#if defined(__x86_64__) && defined(__clang__)
bool ck_attention_has_tiles(const ck_attention *attention) {
    const ptrdiff_t keys = attention->keys, size = attention->size;
    const bool fits = keys > 0 && keys <= most_keys && size > 0 && size <= largest_size && size % ck_lanes == 0;
    return fits && __builtin_cpu_supports("x86-64-v4");
}
#else
bool ck_attention_has_tiles(const ck_attention *attention) { return false; }
#endif

ptrdiff_t ck_attention_tiles_scratch(const ck_attention *attention) {
    return padded_keys(attention) * (attention->size + tile_rows) + tile_rows * attention->size + 15;
}

/// Up to 12 rows. `queries`: 12 rows in any case; `mask`: NULL for none.
CK_KERNEL void ck_attention_tiles(const ck_attention *attention, const float *queries, const float *panels, const float *value,
                                  const float *mask, float *result, float *log_sum_exp, float *scores, ptrdiff_t rows) {
    const ptrdiff_t stride = padded_keys(attention), out_stride = attention->out.row_stride;
    multiply_panels(attention, queries, attention->q.row_stride, panels, attention->scale, scores);
    float inverses[tile_rows] = {0};
    for (ptrdiff_t row = 0; row < rows; row++)
        inverses[row] = exponentiate_row(attention, mask ? mask + row * attention->mask_layout.row_stride : NULL, scores + row * stride,
                                         log_sum_exp ? log_sum_exp + row : NULL);
    const mixture values = {scores, stride, value, attention->v.row_stride, attention->keys, attention->size};
    for (ptrdiff_t row = 0; row < rows; row += mixed_rows)
        mix_rows(&values, row, inverses + row, result + row * out_stride, out_stride, rows - row, false, false);
}

void ck_attention_forward_tiles(const ck_attention *attention, const float *queries, const float *key, const float *value,
                                const float *mask, float *result, float *log_sum_exp, float *scratch, ptrdiff_t begin,
                                ptrdiff_t end) {
    const ptrdiff_t size = attention->size, stride = attention->q.row_stride, keys = padded_keys(attention);
    float *panels = scratch, *scores = panels + keys * size, *last_rows = scores + keys * tile_rows;
    pack_panels(attention, key, attention->k.row_stride, panels);
    for (ptrdiff_t first = begin; first < end; first += tile_rows) {
        const ptrdiff_t rows = ck_min(tile_rows, end - first);
        ck_attention layout = *attention;
        const float *tile = queries + first * stride;
        if (rows < tile_rows) {
            tile = padded_tile(tile, stride, rows, size, last_rows);
            layout.q.row_stride = size;
        }
        ck_attention_tiles(&layout, tile, panels, value, mask ? mask + first * attention->mask_layout.row_stride : NULL,
                           result + first * attention->out.row_stride, log_sum_exp ? log_sum_exp + first : NULL, scores, rows);
    }
}
