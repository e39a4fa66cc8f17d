#include "ck_heads.h"
#include "kernel.h"

enum { usual_size = 64, rows_ahead = 8 };

#include <math.h>

CK_INLINE float mean_square(const float *CK_RESTRICT x, ptrdiff_t size) {
    CK_REASSOCIATE
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < size; i++) sum += x[i] * x[i];
    return sum / (float)size;
}

CK_INLINE void scaled(const float *CK_RESTRICT x, const float *CK_RESTRICT weight, float factor, float *CK_RESTRICT y,
                      ptrdiff_t size) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < size; i++) y[i] = x[i] * factor * weight[i];
}

typedef float lanes __attribute__((vector_size(64), aligned(4)));

// The elements of each pair exchanged. A macro: passing 512-bit vectors to a function depends on the caller's instruction set.
#define EXCHANGED(x) __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)

static const lanes alternating = {-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1};

CK_INLINE void rotate(const float *CK_RESTRICT x, const float *CK_RESTRICT cosine, const float *CK_RESTRICT sine, float *CK_RESTRICT y,
                      ptrdiff_t size) {
    ptrdiff_t i = 0;
    for (; i + 16 <= size; i += 16) {
        const lanes value = *(const lanes *)(x + i);
        const lanes signed_sine = alternating * *(const lanes *)(sine + i);
        *(lanes *)(y + i) = value * *(const lanes *)(cosine + i) + EXCHANGED(value) * signed_sine;
    }
    for (; i < size; i += 2) {
        y[i] = x[i] * cosine[i] - x[i + 1] * sine[i];
        y[i + 1] = x[i + 1] * cosine[i + 1] + x[i] * sine[i + 1];
    }
}

/// The adjoint of `rotate`.
CK_INLINE void rotate_gradient(const float *CK_RESTRICT dy, const float *CK_RESTRICT cosine, const float *CK_RESTRICT sine,
                               float *CK_RESTRICT dx, ptrdiff_t size) {
    ptrdiff_t i = 0;
    for (; i + 16 <= size; i += 16) {
        const lanes gradient = *(const lanes *)(dy + i);
        const lanes turned = gradient * (alternating * *(const lanes *)(sine + i));
        *(lanes *)(dx + i) = gradient * *(const lanes *)(cosine + i) + EXCHANGED(turned);
    }
    for (; i < size; i += 2) {
        dx[i] = dy[i] * cosine[i] + dy[i + 1] * sine[i + 1];
        dx[i + 1] = dy[i + 1] * cosine[i + 1] - dy[i] * sine[i];
    }
}

/// One row of a part: normalised with the factor that is returned, rotated, or as it is.
CK_INLINE float head_row(const ck_heads *heads, ptrdiff_t part, ptrdiff_t token, const float *x, float *y, ptrdiff_t size) {
    float normalised[ck_heads_maximum_size];
    const float *weight = heads->weights[part];
    float inverse = 0;
    if (weight) {
        inverse = 1.0f / sqrtf(mean_square(x, size) + heads->epsilon);
        float *target = heads->rotates[part] ? normalised : y;
        scaled(x, weight, inverse, target, size);
        x = target;
    }
    if (heads->rotates[part]) rotate(x, heads->cosine + token * size, heads->sine + token * size, y, size);
    else if (!weight) memcpy(y, x, (size_t)size * sizeof(float));
    return inverse;
}

CK_INLINE void forward_rows(const ck_heads *heads, const float *qkv, float *const outputs[3], float *const inverse_rms[3],
                            ptrdiff_t begin, ptrdiff_t end, ptrdiff_t size) {
    const ptrdiff_t tokens = heads->tokens;
    for (ptrdiff_t row = begin; row < end; row++) {
        const ptrdiff_t image = row / tokens, token = row % tokens;
        for (ptrdiff_t part = 0; part < heads->parts; part++) {
            for (ptrdiff_t head = 0; head < heads->heads; head++) {
                const float *x = qkv + ((row * heads->parts + part) * heads->heads + head) * size;
                float *y = outputs[part] + ((image * heads->heads + head) * tokens + token) * size;
                ck_fetch_row_ahead(x, size);
                ck_fetch_row_ahead(y, size);
                const float inverse = head_row(heads, part, token, x, y, size);
                if (inverse_rms[part]) inverse_rms[part][row * heads->heads + head] = inverse;
            }
        }
    }
}

CK_KERNEL void ck_heads_forward(const ck_heads *heads, const float *qkv, float *const outputs[3], float *const inverse_rms[3],
                                ptrdiff_t begin, ptrdiff_t end) {
    // Loops of a known length are unrolled.
    if (heads->size == usual_size) forward_rows(heads, qkv, outputs, inverse_rms, begin, end, usual_size);
    else forward_rows(heads, qkv, outputs, inverse_rms, begin, end, heads->size);
}

CK_INLINE void norm_gradient(const float *CK_RESTRICT x, const float *CK_RESTRICT weight, float inverse, const float *CK_RESTRICT dy,
                             bool accumulate, float *CK_RESTRICT dx, ptrdiff_t size) {
    CK_REASSOCIATE
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < size; i++) sum += dy[i] * weight[i] * x[i];
    const float pull = inverse * inverse * inverse * sum / (float)size;
    if (accumulate) {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < size; i++) dx[i] += inverse * dy[i] * weight[i] - pull * x[i];
    } else {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < size; i++) dx[i] = inverse * dy[i] * weight[i] - pull * x[i];
    }
}

CK_INLINE void add_weight_sum(const float *CK_RESTRICT x, float inverse, const float *CK_RESTRICT dy, float *CK_RESTRICT sums,
                              ptrdiff_t size) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < size; i++) sums[i] += dy[i] * x[i] * inverse;
}

CK_INLINE void pass_on(const float *CK_RESTRICT dy, bool accumulate, float *CK_RESTRICT dx, ptrdiff_t size) {
    if (!accumulate) {
        memcpy(dx, dy, (size_t)size * sizeof(float));
        return;
    }
    CK_VECTOR
    for (ptrdiff_t i = 0; i < size; i++) dx[i] += dy[i];
}

/// `weight_sum` (or NULL): [size], added to.
CK_INLINE void head_row_gradient(const ck_heads *heads, ptrdiff_t part, ptrdiff_t token, const float *x, float inverse,
                                 const float *dy, bool accumulate, float *dx, float *weight_sum, ptrdiff_t size) {
    float unrotated[ck_heads_maximum_size];
    if (heads->rotates[part]) {
        rotate_gradient(dy, heads->cosine + token * size, heads->sine + token * size, unrotated, size);
        dy = unrotated;
    }
    if (!heads->weights[part]) {
        pass_on(dy, accumulate, dx, size);
        return;
    }
    if (weight_sum) add_weight_sum(x, inverse, dy, weight_sum, size);
    norm_gradient(x, heads->weights[part], inverse, dy, accumulate, dx, size);
}

CK_INLINE void backward_rows(const ck_heads *heads, const float *qkv, const float *const inverse_rms[3], const float *const gradients[3],
                             float *dqkv, bool accumulate, float *weight_sums, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t size) {
    const ptrdiff_t tokens = heads->tokens;
    for (ptrdiff_t row = begin; row < end; row++) {
        const ptrdiff_t image = row / tokens, token = row % tokens;
        for (ptrdiff_t part = 0; part < heads->parts; part++) {
            for (ptrdiff_t head = 0; head < heads->heads; head++) {
                const ptrdiff_t offset = ((row * heads->parts + part) * heads->heads + head) * size;
                float *dx = dqkv + offset;
                if (!gradients[part]) {
                    if (!accumulate) memset(dx, 0, (size_t)size * sizeof(float));
                    continue;
                }
                const float *dy = gradients[part] + ((image * heads->heads + head) * tokens + token) * size;
                ck_fetch_row_ahead(qkv + offset, size);
                ck_fetch_row_ahead(dy, size);
                ck_fetch_row_ahead(dx, size);
                head_row_gradient(heads, part, token, qkv + offset,
                                  inverse_rms[part] ? inverse_rms[part][row * heads->heads + head] : 0.0f, dy, accumulate, dx,
                                  weight_sums ? weight_sums + part * size : NULL, size);
            }
        }
    }
}

CK_KERNEL void ck_heads_backward(const ck_heads *heads, const float *qkv, const float *const inverse_rms[3],
                                 const float *const gradients[3], float *dqkv, bool accumulate, float *weight_sums, ptrdiff_t begin,
                                 ptrdiff_t end) {
    const ptrdiff_t size = heads->size;
    if (weight_sums) memset(weight_sums, 0, 3 * (size_t)size * sizeof(float));
    if (size == usual_size)
        backward_rows(heads, qkv, inverse_rms, gradients, dqkv, accumulate, weight_sums, begin, end, usual_size);
    else
        backward_rows(heads, qkv, inverse_rms, gradients, dqkv, accumulate, weight_sums, begin, end, size);
}

/// From one row of a part and head to the next.
CK_INLINE ptrdiff_t row_step(const ck_heads *heads) { return heads->parts * heads->heads * heads->size; }

CK_INLINE ptrdiff_t first_row(const ck_heads *heads, const ck_head_place *place) {
    return place->image * heads->tokens * row_step(heads) + (place->part * heads->heads + place->head) * heads->size;
}

CK_INLINE void fetch_row(const float *x, ptrdiff_t size) {
    for (ptrdiff_t i = 0; i < size; i += ck_lanes) __builtin_prefetch(x + i);
}

CK_INLINE void gather_rows(const ck_heads *heads, const float *x, ptrdiff_t part, float *rows, ptrdiff_t begin, ptrdiff_t end,
                           ptrdiff_t size) {
    const ptrdiff_t step = row_step(heads);
    for (ptrdiff_t token = begin; token < end; token++) {
        if (token + rows_ahead < end) fetch_row(x + (token + rows_ahead) * step, size);
        head_row(heads, part, token, x + token * step, rows + token * size, size);
    }
}

CK_KERNEL void ck_heads_gather(const ck_heads *heads, const ck_head_place *place, const float *qkv, float *rows, ptrdiff_t begin,
                               ptrdiff_t end) {
    const float *x = qkv + first_row(heads, place);
    if (heads->size == usual_size) gather_rows(heads, x, place->part, rows, begin, end, usual_size);
    else gather_rows(heads, x, place->part, rows, begin, end, heads->size);
}

CK_INLINE void scatter_rows(const ck_heads *heads, const float *x, ptrdiff_t part, const float *gradient, float *dx, bool accumulate,
                            float *weight_sum, ptrdiff_t size) {
    const ptrdiff_t step = row_step(heads), tokens = heads->tokens;
    for (ptrdiff_t token = 0; token < tokens; token++) {
        if (token + rows_ahead < tokens) {
            fetch_row(x + (token + rows_ahead) * step, size);
            fetch_row(dx + (token + rows_ahead) * step, size);
        }
        const float *row = x + token * step;
        const float inverse = heads->weights[part] ? 1.0f / sqrtf(mean_square(row, size) + heads->epsilon) : 0.0f;
        head_row_gradient(heads, part, token, row, inverse, gradient + token * size, accumulate, dx + token * step, weight_sum, size);
    }
}

CK_KERNEL void ck_heads_scatter(const ck_heads *heads, const ck_head_place *place, const float *qkv, const float *gradient, float *dqkv,
                                bool accumulate, float *weight_sum) {
    const ptrdiff_t first = first_row(heads, place), size = heads->size;
    if (weight_sum) memset(weight_sum, 0, (size_t)size * sizeof(float));
    if (size == usual_size)
        scatter_rows(heads, qkv + first, place->part, gradient, dqkv + first, accumulate, weight_sum, usual_size);
    else
        scatter_rows(heads, qkv + first, place->part, gradient, dqkv + first, accumulate, weight_sum, size);
}
