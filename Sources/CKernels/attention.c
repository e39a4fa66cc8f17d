#include "attention_tiles.h"
#include "ck_attention.h"
#include "kernel.h"
#include "softmax.h"

#include <float.h>
#include <math.h>

void ck_softmax_rows(float *scores, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t count, bool is_masked, float *log_sum_exp);
void ck_attention_score_gradients(const ck_attention *attention, float *scores, float *gradients, const float *log_sum_exp,
                                  const float *out, const float *dout, ptrdiff_t rows);

// A block of scores should stay in a core's second-level cache together with k and v: 512 KiB of them.
enum { block_elements = 131072, maximum_block = 512, minimum_block = 16 };

/// How many query rows have their scores at once, from the number of keys alone.
static ptrdiff_t block_rows(const ck_attention *attention) {
    ptrdiff_t rows = block_elements / (attention->keys > 0 ? attention->keys : 1);
    if (rows > maximum_block) rows = maximum_block;
    if (rows < minimum_block) rows = minimum_block;
    return ck_min(rows, attention->queries);
}

/// Numbers from one row of scores to the next: whole cache lines.
static ptrdiff_t score_stride(const ck_attention *attention) { return (attention->keys + 15) / 16 * 16; }

ptrdiff_t ck_attention_forward_block(const ck_attention *attention) {
    return ck_attention_has_tiles(attention) ? ck_min(ck_attention_tiles_block, attention->queries) : block_rows(attention);
}

ptrdiff_t ck_attention_forward_scratch(const ck_attention *attention) {
    if (ck_attention_has_tiles(attention)) return ck_attention_tiles_scratch(attention);
    return block_rows(attention) * score_stride(attention) + 15;
}

ptrdiff_t ck_attention_backward_scratch(const ck_attention *attention) {
    if (ck_attention_has_tiles(attention)) return ck_attention_gradient_scratch(attention);
    return 2 * block_rows(attention) * score_stride(attention) + 15;
}

/// The first cache line in a task's memory.
static float *aligned(float *scratch) { return (float *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63); }

CK_INLINE void multiply(float *CK_RESTRICT x, float factor, ptrdiff_t count) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) x[i] *= factor;
}

/// Softmax of each row in place; the rows' log-sum-exp into `log_sum_exp` (or NULL). Rows that a mask hides altogether become 0, and
/// their log-sum-exp ∞.
CK_KERNEL void ck_softmax_rows(float *scores, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t count, bool is_masked, float *log_sum_exp) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        float *x = scores + row * stride;
        const float largest = row_maximum(x, count);
        if (is_masked && largest == -INFINITY) {
            const float sum = exponentiate(x, -FLT_MAX, count); // 0, or NaN where a score is
            multiply(x, sum, count);
            if (log_sum_exp) log_sum_exp[row] = INFINITY;
            continue;
        }
        const float sum = exponentiate(x, largest, count);
        multiply(x, 1.0f / sum, count);
        if (log_sum_exp) log_sum_exp[row] = largest + logf(sum);
    }
}

CK_INLINE const float *view(const float *base, const ck_head_layout *layout, ptrdiff_t image, ptrdiff_t head) {
    return base + image * layout->image_stride + head * layout->head_stride;
}

/// Scores [rows, keys] of the queries from `first` on, of one image and head.
static void compute_scores(const ck_attention *attention, const float *queries, const float *key, ptrdiff_t image, ptrdiff_t head,
                           ptrdiff_t first, ptrdiff_t rows, float *scores) {
    const ptrdiff_t keys = attention->keys, stride = score_stride(attention);
    if (attention->mask) {
        const ptrdiff_t mask_stride = attention->mask_layout.row_stride;
        const float *mask = view(attention->mask, &attention->mask_layout, image, head) + first * mask_stride;
        for (ptrdiff_t row = 0; row < rows; row++)
            memcpy(scores + row * stride, mask + row * mask_stride, (size_t)keys * sizeof(float));
    }
    attention->multiply(false, true, rows, keys, attention->size, attention->scale, queries + first * attention->q.row_stride,
                        attention->q.row_stride, key, attention->k.row_stride, attention->mask ? 1.0f : 0.0f, scores, stride);
}

/// Rows of `size` elements become 0.
static void clear(float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t size) {
    for (ptrdiff_t row = 0; row < rows; row++) memset(x + row * stride, 0, (size_t)size * sizeof(float));
}

void ck_attention_forward(const ck_attention *attention, const float *q, const float *k, const float *v, float *out,
                          float *log_sum_exp, float *scratch, ptrdiff_t image, ptrdiff_t head, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t keys = attention->keys, size = attention->size, block = block_rows(attention);
    const ptrdiff_t stride = score_stride(attention), out_stride = attention->out.row_stride;
    const float *queries = view(q, &attention->q, image, head);
    const float *key = view(k, &attention->k, image, head), *value = view(v, &attention->v, image, head);
    float *result = (float *)view(out, &attention->out, image, head);
    float *scores = aligned(scratch);
    float *statistics = log_sum_exp ? log_sum_exp + (image * attention->heads + head) * attention->queries : NULL;
    if (keys == 0) {
        clear(result + begin * out_stride, out_stride, end - begin, size);
        for (ptrdiff_t row = begin; statistics && row < end; row++) statistics[row] = INFINITY;
        return;
    }
    if (ck_attention_has_tiles(attention)) {
        const float *mask = attention->mask ? view(attention->mask, &attention->mask_layout, image, head) : NULL;
        ck_attention_forward_tiles(attention, queries, key, value, mask, result, statistics, scores, begin, end);
        return;
    }
    for (ptrdiff_t first = begin; first < end; first += block) {
        const ptrdiff_t rows = ck_min(block, end - first);
        compute_scores(attention, queries, key, image, head, first, rows, scores);
        ck_softmax_rows(scores, stride, rows, keys, attention->mask != NULL, statistics ? statistics + first : NULL);
        attention->multiply(false, false, rows, size, keys, 1.0f, scores, stride, value, attention->v.row_stride, 0.0f,
                            result + first * out_stride, out_stride);
    }
}

/// From scores and dP to P (in place of the scores) and dS (in place of dP): dS = scale · P ∘ (dP − Σ dout · out). Without
/// `log_sum_exp` the scores are P already.
CK_KERNEL void ck_attention_score_gradients(const ck_attention *attention, float *scores, float *gradients, const float *log_sum_exp,
                                            const float *out, const float *dout, ptrdiff_t rows) {
    const ptrdiff_t keys = attention->keys, stride = attention->out.row_stride, scores_stride = score_stride(attention);
    for (ptrdiff_t row = 0; row < rows; row++) {
        const float mean = row_product(out + row * stride, dout + row * stride, attention->size);
        float *row_scores = scores + row * scores_stride, *row_gradients = gradients + row * scores_stride;
        if (log_sum_exp)
            score_gradient(row_scores, row_gradients, log_sum_exp[row], mean, attention->scale, keys);
        else
            softmax_gradient(row_scores, row_gradients, 1.0f, mean, attention->scale, keys);
    }
}

void ck_attention_backward(const ck_attention *attention, const float *q, const float *k, const float *v, const float *out,
                           const float *log_sum_exp, const float *dout, float *dq, float *dk, float *dv,
                           ck_attention_modes accumulates, float *scratch, ptrdiff_t image, ptrdiff_t head) {
    const ptrdiff_t keys = attention->keys, size = attention->size, block = block_rows(attention);
    const ptrdiff_t q_stride = attention->q.row_stride, k_stride = attention->k.row_stride, v_stride = attention->v.row_stride,
                    out_stride = attention->out.row_stride, stride = score_stride(attention);
    const float *queries = view(q, &attention->q, image, head);
    const float *key = view(k, &attention->k, image, head), *value = view(v, &attention->v, image, head);
    const float *result = view(out, &attention->out, image, head), *gradient = view(dout, &attention->out, image, head);
    float *query_gradient = dq ? (float *)view(dq, &attention->q, image, head) : NULL;
    float *key_gradient = dk ? (float *)view(dk, &attention->k, image, head) : NULL;
    float *value_gradient = dv ? (float *)view(dv, &attention->v, image, head) : NULL;
    float *scores = aligned(scratch), *score_gradients = scores + block * stride;
    if (keys == 0 && query_gradient && !accumulates.q) clear(query_gradient, q_stride, attention->queries, size);
    if (attention->queries == 0 && key_gradient && !accumulates.k) clear(key_gradient, k_stride, keys, size);
    if (attention->queries == 0 && value_gradient && !accumulates.v) clear(value_gradient, v_stride, keys, size);
    if (keys == 0 || attention->queries == 0) return;
    const float *statistics = log_sum_exp + (image * attention->heads + head) * attention->queries;
    if (ck_attention_has_tiles(attention)) {
        const float *mask = attention->mask ? view(attention->mask, &attention->mask_layout, image, head) : NULL;
        const ck_attention_head rows = {queries,    key,           value,        result,         gradient,   mask,
                                        statistics, query_gradient, key_gradient, value_gradient, accumulates};
        ck_attention_backward_tiles(attention, &rows, scores);
        return;
    }

    for (ptrdiff_t first = 0; first < attention->queries; first += block) {
        const ptrdiff_t rows = ck_min(block, attention->queries - first);
        const float *block_queries = queries + first * q_stride, *block_gradient = gradient + first * out_stride;
        compute_scores(attention, queries, key, image, head, first, rows, scores);
        attention->multiply(false, true, rows, keys, size, 1.0f, block_gradient, out_stride, value, v_stride, 0.0f, score_gradients,
                            stride);
        // Large biases leave nothing of a sum in its logarithm.
        if (attention->mask) ck_softmax_rows(scores, stride, rows, keys, true, NULL);
        ck_attention_score_gradients(attention, scores, score_gradients, attention->mask ? NULL : statistics + first,
                                     result + first * out_stride, block_gradient, rows);
        // The first block decides whether dk and dv start afresh; later blocks always add.
        const bool is_later = first > 0;
        if (value_gradient)
            attention->multiply(true, false, keys, size, rows, 1.0f, scores, stride, block_gradient, out_stride,
                                accumulates.v || is_later ? 1.0f : 0.0f, value_gradient, v_stride);
        if (key_gradient)
            attention->multiply(true, false, keys, size, rows, 1.0f, score_gradients, stride, block_queries, q_stride,
                                accumulates.k || is_later ? 1.0f : 0.0f, key_gradient, k_stride);
        if (query_gradient)
            attention->multiply(false, false, rows, size, keys, 1.0f, score_gradients, stride, key, k_stride,
                                accumulates.q ? 1.0f : 0.0f, query_gradient + first * q_stride, q_stride);
    }
}
