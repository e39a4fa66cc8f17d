// Pieces of a softmax over a row, and of its gradient.
#ifndef CK_SOFTMAX_H
#define CK_SOFTMAX_H

#include "vector_math.h"

#include <math.h>

typedef float lanes __attribute__((vector_size(64), aligned(4)));

/// The largest element; NaN is passed over (it reaches the sum of exponentials instead).
CK_INLINE float row_maximum(const float *x, ptrdiff_t count) {
    float maximum = -INFINITY;
    ptrdiff_t i = 0;
    if (count >= 64) {
        // Four at a time: each comparison waits for the one before it.
        const lanes *vectors = (const lanes *)x;
        lanes largest[4] = {vectors[0], vectors[1], vectors[2], vectors[3]};
        for (i = 64; i + 64 <= count; i += 64)
            for (int j = 0; j < 4; j++) largest[j] = __builtin_elementwise_max(largest[j], *(const lanes *)(x + i + 16 * j));
        for (; i + 16 <= count; i += 16) largest[0] = __builtin_elementwise_max(largest[0], *(const lanes *)(x + i));
        const lanes first = __builtin_elementwise_max(largest[0], largest[1]);
        maximum = __builtin_reduce_max(__builtin_elementwise_max(first, __builtin_elementwise_max(largest[2], largest[3])));
    }
    for (; i < count; i++) maximum = x[i] > maximum ? x[i] : maximum;
    return maximum;
}

CK_INLINE float exponentiate(float *CK_RESTRICT x, float maximum, ptrdiff_t count) {
    CK_REASSOCIATE
    float sum = 0;
    CK_SHORT_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float value = ck_exp_decaying(x[i] - maximum);
        x[i] = value;
        sum += value;
    }
    return sum;
}

CK_INLINE float row_product(const float *CK_RESTRICT a, const float *CK_RESTRICT b, ptrdiff_t count) {
    CK_REASSOCIATE
    float sum = 0;
    CK_SHORT_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/// Multiples of probabilities P become P, and dP becomes dS = scale · P (dP − mean).
CK_INLINE void softmax_gradient(float *CK_RESTRICT weights, float *CK_RESTRICT gradient, float factor, float mean, float scale,
                                ptrdiff_t count) {
    CK_SHORT_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float probability = weights[i] * factor;
        weights[i] = probability;
        gradient[i] = probability * (gradient[i] - mean) * scale;
    }
}

/// The same from scores, which become P.
CK_INLINE void score_gradient(float *CK_RESTRICT scores, float *CK_RESTRICT gradient, float log_sum_exp, float mean, float scale,
                              ptrdiff_t count) {
    CK_SHORT_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float probability = ck_exp_decaying(scores[i] - log_sum_exp);
        scores[i] = probability;
        gradient[i] = probability * (gradient[i] - mean) * scale;
    }
}

#endif
