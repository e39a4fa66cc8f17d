// Mean and deviation of a row, for normalisations.
#ifndef CK_ROW_STATISTICS_H
#define CK_ROW_STATISTICS_H

#include "kernel.h"

#include <math.h>

/// What a row's values are centred on, and what they are multiplied by: 1 / √(mean (x − mean)² + ε).
typedef struct {
    float mean;
    float inverse;
} ck_row_statistics;

CK_INLINE float ck_row_mean(const float *CK_RESTRICT x, ptrdiff_t width) {
    CK_REASSOCIATE
    float sum = 0;
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) sum += x[i];
    return sum / (float)width;
}

CK_INLINE ck_row_statistics ck_row_statistics_around(float mean, const float *CK_RESTRICT x, ptrdiff_t width, float epsilon) {
    CK_REASSOCIATE
    float squares = 0;
    // Around the mean: the difference of two large sums would lose digits.
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) squares += (x[i] - mean) * (x[i] - mean);
    return (ck_row_statistics){mean, 1.0f / sqrtf(squares / (float)width + epsilon)};
}

#endif
