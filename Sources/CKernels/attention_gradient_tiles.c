#include "attention_pieces.h"
#include "attention_tiles.h"

// Two blocks of scores should stay in a core's second cache together with keys, values and their gradients.
enum { block_numbers = 49152 };

/// Query rows whose scores are kept at once: whole tiles, all blocks of about the same size.
static ptrdiff_t block_rows(const ck_attention *attention) {
    const ptrdiff_t queries = attention->queries > 0 ? attention->queries : 1, most = block_numbers / padded_keys(attention);
    const ptrdiff_t blocks = (queries + most - 1) / most, rows = (queries + blocks - 1) / blocks;
    return (rows + tile_rows - 1) / tile_rows * tile_rows;
}

/// Numbers of one block of scores; mixtures of 6 columns at a time read past the last one.
static ptrdiff_t block_size(const ck_attention *attention) { return block_rows(attention) * padded_keys(attention) + ck_lanes; }

ptrdiff_t ck_attention_gradient_scratch(const ck_attention *attention) {
    const ptrdiff_t size = attention->size;
    return 2 * padded_keys(attention) * size + 2 * block_size(attention) + 2 * tile_rows * size + 15;
}

/// P and dS = scale · P ∘ (dP − Σ dresult · result) of up to 12 query rows, whose first rows `head` names, and their gradient.
///
/// - Parameters:
///   - queries, dresult: 12 rows each, `queries_stride` and `dresult_stride` apart.
///   - panels: keys and values.
void ck_attention_gradient_tile(const ck_attention *attention, const ck_attention_head *head, const float *queries,
                                ptrdiff_t queries_stride, const float *dresult, ptrdiff_t dresult_stride, const float *const panels[2],
                                float *probabilities, float *gradients, ptrdiff_t rows);

CK_KERNEL void ck_attention_gradient_tile(const ck_attention *attention, const ck_attention_head *head, const float *queries,
                                          ptrdiff_t queries_stride, const float *dresult, ptrdiff_t dresult_stride,
                                          const float *const panels[2], float *probabilities, float *gradients, ptrdiff_t rows) {
    const ptrdiff_t size = attention->size, stride = padded_keys(attention), q_stride = attention->q.row_stride;
    multiply_panels(attention, queries, queries_stride, panels[0], attention->scale, probabilities);
    multiply_panels(attention, dresult, dresult_stride, panels[1], 1.0f, gradients);
    for (ptrdiff_t row = 0; row < rows; row++) {
        float *x = probabilities + row * stride, *gradient = gradients + row * stride;
        const float mean = row_product(head->result + row * attention->out.row_stride, dresult + row * dresult_stride, size);
        if (head->mask) {
            // Large biases leave nothing of a sum in its logarithm.
            const float factor = exponentiate_row(attention, head->mask + row * attention->mask_layout.row_stride, x, NULL);
            softmax_gradient(x, gradient, factor, mean, attention->scale, stride);
        } else {
            score_gradient(x, gradient, head->log_sum_exp[row], mean, attention->scale, stride);
        }
    }
    if (!head->dqueries) return;
    const mixture keys = {gradients, stride, head->key, attention->k.row_stride, attention->keys, size};
    for (ptrdiff_t row = 0; row < rows; row += mixed_rows)
        mix_rows(&keys, row, NULL, head->dqueries + row * q_stride, q_stride, rows - row, head->accumulates.q, false);
}

void ck_attention_mix_block(const mixture *m, float *result, ptrdiff_t stride, ptrdiff_t rows, bool accumulates);

/// result (+)= weightsᵀ · values.
CK_KERNEL void ck_attention_mix_block(const mixture *m, float *result, ptrdiff_t stride, ptrdiff_t rows, bool accumulates) {
    for (ptrdiff_t row = 0; row < rows; row += mixed_rows)
        mix_rows(m, row, NULL, result + row * stride, stride, rows - row, accumulates, true);
}

/// `head` with its rows of queries from `first` on.
static ck_attention_head advanced(const ck_attention *attention, const ck_attention_head *head, ptrdiff_t first) {
    ck_attention_head rest = *head;
    rest.queries += first * attention->q.row_stride;
    if (rest.dqueries) rest.dqueries += first * attention->q.row_stride;
    rest.result += first * attention->out.row_stride;
    rest.dresult += first * attention->out.row_stride;
    if (rest.mask) rest.mask += first * attention->mask_layout.row_stride;
    rest.log_sum_exp += first;
    return rest;
}

/// Asks for rows that lie far apart, for the second cache.
static void fetch(const float *rows, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t size) {
    for (ptrdiff_t row = 0; row < count; row++)
        for (ptrdiff_t i = 0; i < size; i += ck_lanes) __builtin_prefetch(rows + row * stride + i, 0, 2);
}

void ck_attention_backward_tiles(const ck_attention *attention, const ck_attention_head *head, float *scratch) {
    const ptrdiff_t size = attention->size, keys = attention->keys, stride = padded_keys(attention), block = block_rows(attention);
    float *key_panels = scratch, *value_panels = key_panels + stride * size, *probabilities = value_panels + stride * size;
    float *gradients = probabilities + block_size(attention), *last_rows = gradients + block_size(attention);
    const float *panels[2] = {key_panels, value_panels};
    fetch(head->result, attention->out.row_stride, attention->queries, size);
    fetch(head->dresult, attention->out.row_stride, attention->queries, size);
    pack_panels(attention, head->key, attention->k.row_stride, key_panels);
    pack_panels(attention, head->value, attention->v.row_stride, value_panels);
    for (ptrdiff_t begin = 0; begin < attention->queries; begin += block) {
        const ptrdiff_t count = ck_min(block, attention->queries - begin);
        const ck_attention_head rows_of_block = advanced(attention, head, begin);
        for (ptrdiff_t first = 0; first < count; first += tile_rows) {
            const ptrdiff_t rows = ck_min(tile_rows, count - first);
            const ck_attention_head tile = advanced(attention, &rows_of_block, first);
            const float *queries = tile.queries, *dresult = tile.dresult;
            ptrdiff_t queries_stride = attention->q.row_stride, dresult_stride = attention->out.row_stride;
            if (rows < tile_rows) {
                queries = padded_tile(queries, queries_stride, rows, size, last_rows);
                dresult = padded_tile(dresult, dresult_stride, rows, size, last_rows + tile_rows * size);
                queries_stride = dresult_stride = size;
            }
            ck_attention_gradient_tile(attention, &tile, queries, queries_stride, dresult, dresult_stride, panels,
                                       probabilities + first * stride, gradients + first * stride, rows);
        }
        // The first block decides whether gradients start afresh; later blocks always add.
        const mixture of_results = {probabilities, stride, rows_of_block.dresult, attention->out.row_stride, count, size};
        const mixture of_queries = {gradients, stride, rows_of_block.queries, attention->q.row_stride, count, size};
        if (head->dvalue)
            ck_attention_mix_block(&of_results, head->dvalue, attention->v.row_stride, keys, head->accumulates.v || begin > 0);
        if (head->dkey)
            ck_attention_mix_block(&of_queries, head->dkey, attention->k.row_stride, keys, head->accumulates.k || begin > 0);
    }
}
