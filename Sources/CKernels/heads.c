#include "ck_heads.h"
#include "kernel.h"

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

CK_KERNEL void ck_heads_forward(const ck_heads *heads, const float *qkv, float *const outputs[3], float *const inverse_rms[3],
                                ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t size = heads->size, tokens = heads->tokens;
    float normalised[ck_heads_maximum_size];
    for (ptrdiff_t row = begin; row < end; row++) {
        const ptrdiff_t image = row / tokens, token = row % tokens;
        for (ptrdiff_t part = 0; part < heads->parts; part++) {
            const float *weight = heads->weights[part];
            for (ptrdiff_t head = 0; head < heads->heads; head++) {
                const float *x = qkv + ((row * heads->parts + part) * heads->heads + head) * size;
                float *y = outputs[part] + ((image * heads->heads + head) * tokens + token) * size;
                if (weight) {
                    const float inverse = 1.0f / sqrtf(mean_square(x, size) + heads->epsilon);
                    if (inverse_rms[part]) inverse_rms[part][row * heads->heads + head] = inverse;
                    float *target = heads->rotates[part] ? normalised : y;
                    scaled(x, weight, inverse, target, size);
                    x = target;
                }
                if (heads->rotates[part]) rotate(x, heads->cosine + token * size, heads->sine + token * size, y, size);
                else if (!weight) memcpy(y, x, (size_t)size * sizeof(float));
            }
        }
    }
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

CK_KERNEL void ck_heads_backward(const ck_heads *heads, const float *qkv, const float *const inverse_rms[3],
                                 const float *const gradients[3], float *dqkv, bool accumulate, float *weight_sums, ptrdiff_t begin,
                                 ptrdiff_t end) {
    const ptrdiff_t size = heads->size, tokens = heads->tokens;
    float unrotated[ck_heads_maximum_size];
    if (weight_sums) memset(weight_sums, 0, 3 * (size_t)size * sizeof(float));
    for (ptrdiff_t row = begin; row < end; row++) {
        const ptrdiff_t image = row / tokens, token = row % tokens;
        for (ptrdiff_t part = 0; part < heads->parts; part++) {
            const float *weight = heads->weights[part];
            for (ptrdiff_t head = 0; head < heads->heads; head++) {
                const ptrdiff_t offset = ((row * heads->parts + part) * heads->heads + head) * size;
                float *dx = dqkv + offset;
                if (!gradients[part]) {
                    if (!accumulate) memset(dx, 0, (size_t)size * sizeof(float));
                    continue;
                }
                const float *dy = gradients[part] + ((image * heads->heads + head) * tokens + token) * size;
                if (heads->rotates[part]) {
                    rotate_gradient(dy, heads->cosine + token * size, heads->sine + token * size, unrotated, size);
                    dy = unrotated;
                }
                if (!weight) {
                    pass_on(dy, accumulate, dx, size);
                    continue;
                }
                const float inverse = inverse_rms[part][row * heads->heads + head];
                if (weight_sums) add_weight_sum(qkv + offset, inverse, dy, weight_sums + part * size, size);
                norm_gradient(qkv + offset, weight, inverse, dy, accumulate, dx, size);
            }
        }
    }
}
