#include "ck_features.h"
#include "kernel.h"

#include <math.h>

CK_INLINE void add_squares(const float *CK_RESTRICT x, float *CK_RESTRICT sums, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) sums[i] += x[i] * x[i];
}

/// From norms to the factors that normalise.
CK_INLINE void invert(const float *CK_RESTRICT norms, float epsilon, float *CK_RESTRICT factors, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) factors[i] = norms[i] == 0.0f ? 0.0f : 1.0f / (norms[i] + epsilon);
}

/// Of two normalised values. Each is rounded before: equal ones differ by exactly 0.
#define DIFFERENCE(i) (x[i] * x_factors[i] - y[i] * y_factors[i])

CK_INLINE float squared_difference(const float *CK_RESTRICT x, const float *CK_RESTRICT y, const float *CK_RESTRICT x_factors,
                                   const float *CK_RESTRICT y_factors, ptrdiff_t n) {
    _Pragma("clang fp reassociate(on) contract(off)")
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) sum += DIFFERENCE(i) * DIFFERENCE(i);
    return sum;
}

CK_INLINE void take_roots(float *CK_RESTRICT sums, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) sums[i] = __builtin_elementwise_sqrt(sums[i]);
}

CK_KERNEL void ck_feature_distance(const ck_features *features, const float *x, const float *y, float *x_norms, float *y_norms,
                                   float *sums, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t n = end - begin, pixels = features->pixels;
    float x_factors[ck_features_maximum_pixels], y_factors[ck_features_maximum_pixels];
    float *x_norm = x_norms + begin, *y_norm = y_norms + begin;
    memset(x_norm, 0, (size_t)n * sizeof(float));
    memset(y_norm, 0, (size_t)n * sizeof(float));
    for (ptrdiff_t c = 0; c < features->channels; c++) {
        add_squares(x + c * pixels + begin, x_norm, n);
        add_squares(y + c * pixels + begin, y_norm, n);
    }
    take_roots(x_norm, n);
    take_roots(y_norm, n);
    invert(x_norm, features->epsilon, x_factors, n);
    invert(y_norm, features->epsilon, y_factors, n);
    for (ptrdiff_t c = 0; c < features->channels; c++)
        sums[c] = squared_difference(x + c * pixels + begin, y + c * pixels + begin, x_factors, y_factors, n);
}

/// Adds to `pulls` the share of one channel in x · d, d being the gradient of the normalised features.
CK_INLINE void add_pulls(const float *CK_RESTRICT x, const float *CK_RESTRICT y, const float *CK_RESTRICT x_factors,
                         const float *CK_RESTRICT y_factors, float dsum, float *CK_RESTRICT pulls, ptrdiff_t n) {
    _Pragma("clang fp contract(off)")
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) pulls[i] += x[i] * (2.0f * dsum * DIFFERENCE(i));
}

CK_INLINE void scale_pulls(const float *CK_RESTRICT norms, const float *CK_RESTRICT factors, float *CK_RESTRICT pulls, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) pulls[i] = norms[i] == 0.0f ? 0.0f : pulls[i] * factors[i] * factors[i] / norms[i];
}

CK_INLINE void put_gradient(const float *CK_RESTRICT x, const float *CK_RESTRICT y, const float *CK_RESTRICT x_factors,
                            const float *CK_RESTRICT y_factors, float dsum, const float *CK_RESTRICT pulls, float *CK_RESTRICT dx,
                            bool accumulate, ptrdiff_t n) {
    _Pragma("clang fp contract(off)")
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) {
        const float gradient = 2.0f * dsum * DIFFERENCE(i);
        dx[i] = gradient * x_factors[i] - x[i] * pulls[i] + (accumulate ? dx[i] : 0.0f);
    }
}

CK_KERNEL void ck_feature_distance_gradient(const ck_features *features, const float *x, const float *y, const float *x_norms,
                                            const float *y_norms, const float *dsums, float *dx, bool accumulate, ptrdiff_t begin,
                                            ptrdiff_t end) {
    const ptrdiff_t n = end - begin, pixels = features->pixels;
    float x_factors[ck_features_maximum_pixels], y_factors[ck_features_maximum_pixels], pulls[ck_features_maximum_pixels];
    invert(x_norms + begin, features->epsilon, x_factors, n);
    invert(y_norms + begin, features->epsilon, y_factors, n);
    memset(pulls, 0, (size_t)n * sizeof(float));
    for (ptrdiff_t c = 0; c < features->channels; c++)
        add_pulls(x + c * pixels + begin, y + c * pixels + begin, x_factors, y_factors, dsums[c], pulls, n);
    scale_pulls(x_norms + begin, x_factors, pulls, n);
    for (ptrdiff_t c = 0; c < features->channels; c++) {
        const ptrdiff_t start = c * pixels + begin;
        put_gradient(x + start, y + start, x_factors, y_factors, dsums[c], pulls, dx + start, accumulate, n);
    }
}
