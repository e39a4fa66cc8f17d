#include "ck_distances.h"
#include "kernel.h"

#include <math.h>

/// x · x, y · y and x · y.
typedef struct {
    float xx, yy, xy;
} products;

CK_INLINE products multiply(const float *CK_RESTRICT x, const float *CK_RESTRICT y, ptrdiff_t width) {
    CK_REASSOCIATE
    float xx = 0, yy = 0, xy = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        xx += x[i] * x[i];
        yy += y[i] * y[i];
        xy += x[i] * y[i];
    }
    return (products){xx, yy, xy};
}

/// The square of a norm, NaN or at least the limit.
CK_INLINE float limited(float square, float smallest) { return square < smallest ? smallest : square; }

CK_KERNEL void ck_cosines(const float *x, const float *y, float *cosines, ptrdiff_t width, float smallest_square, ptrdiff_t begin,
                         ptrdiff_t end) {
    for (ptrdiff_t row = begin; row < end; row++) {
        const products p = multiply(x + row * width, y + row * width, width);
        cosines[row] = p.xy / (sqrtf(limited(p.xx, smallest_square)) * sqrtf(limited(p.yy, smallest_square)));
    }
}

/// dx = y_factor · y − x_factor · x, or added to it.
CK_INLINE void combine(const float *CK_RESTRICT x, const float *CK_RESTRICT y, float x_factor, float y_factor, float *CK_RESTRICT dx,
                       bool accumulate, ptrdiff_t width) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) dx[i] = y_factor * y[i] - x_factor * x[i] + (accumulate ? dx[i] : 0.0f);
}

CK_KERNEL void ck_cosines_gradient(const float *x, const float *y, const float *dcosines, float *dx, bool accumulate, ptrdiff_t width,
                                  float smallest_square, ptrdiff_t begin, ptrdiff_t end) {
    for (ptrdiff_t row = begin; row < end; row++) {
        const float *x_row = x + row * width, *y_row = y + row * width;
        const products p = multiply(x_row, y_row, width);
        const float square = limited(p.xx, smallest_square);
        const float y_factor = dcosines[row] / (sqrtf(square) * sqrtf(limited(p.yy, smallest_square)));
        // A norm at the limit is a constant.
        const float x_factor = p.xx < smallest_square ? 0.0f : y_factor * p.xy / square;
        combine(x_row, y_row, x_factor, y_factor, dx + row * width, accumulate, width);
    }
}

CK_KERNEL float ck_squared_error(const float *x, const float *y, ptrdiff_t count) {
    CK_REASSOCIATE
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
}

CK_INLINE void put_difference(const float *CK_RESTRICT x, const float *CK_RESTRICT y, float factor, float *CK_RESTRICT dx,
                              bool accumulate, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) dx[i] = factor * (x[i] - y[i]) + (accumulate ? dx[i] : 0.0f);
}

CK_KERNEL void ck_difference(const float *x, const float *y, float factor, float *dx, bool accumulate, ptrdiff_t count) {
    put_difference(x, y, factor, dx, accumulate, count);
}
