#include "ck_adaptive.h"
#include "kernel.h"
#include "row_statistics.h"

CK_INLINE ck_row_statistics statistics(const float *x, ptrdiff_t width, float epsilon) {
    return ck_row_statistics_around(ck_row_mean(x, width), x, width, epsilon);
}

CK_INLINE void modulate(const float *CK_RESTRICT x, ck_row_statistics row, const float *CK_RESTRICT weight,
                        const float *CK_RESTRICT bias, const float *CK_RESTRICT shift, const float *CK_RESTRICT scale,
                        float *CK_RESTRICT y, ptrdiff_t width) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++)
        y[i] = ((x[i] - row.mean) * row.inverse * weight[i] + bias[i]) * (1.0f + scale[i]) + shift[i];
}

CK_KERNEL void ck_adaptive_norm_forward(const ck_adaptive_norm *norm, const float *x, const float *modulation, float *y,
                                        ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    for (ptrdiff_t row = begin; row < end; row++) {
        const float *input = x + row * width, *shift = modulation + 3 * row * width;
        modulate(input, statistics(input, width, norm->epsilon), norm->weight, norm->bias, shift, shift + width, y + row * width,
                 width);
    }
}

/// Puts value into target[i], or adds it.
CK_INLINE void deliver(float *target, ptrdiff_t i, float value, bool accumulates) {
    target[i] = accumulates ? target[i] + value : value;
}

CK_INLINE void modulation_gradient(const float *CK_RESTRICT x, ck_row_statistics row, const float *CK_RESTRICT weight,
                                   const float *CK_RESTRICT bias, const float *CK_RESTRICT dy, float *CK_RESTRICT dshift,
                                   float *CK_RESTRICT dscale, bool accumulates, ptrdiff_t width) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        const float value = (x[i] - row.mean) * row.inverse * weight[i] + bias[i];
        deliver(dshift, i, dy[i], accumulates);
        deliver(dscale, i, dy[i] * value, accumulates);
    }
}

CK_INLINE void add_parameter_sums(const float *CK_RESTRICT x, ck_row_statistics row, const float *CK_RESTRICT scale,
                                  const float *CK_RESTRICT dy, float *CK_RESTRICT weight_sum, float *CK_RESTRICT bias_sum,
                                  ptrdiff_t width) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        const float gradient = dy[i] * (1.0f + scale[i]);
        weight_sum[i] += gradient * (x[i] - row.mean) * row.inverse;
        bias_sum[i] += gradient;
    }
}

CK_INLINE void input_gradient(const float *CK_RESTRICT x, ck_row_statistics row, const float *CK_RESTRICT weight,
                              const float *CK_RESTRICT scale, const float *CK_RESTRICT dy, float *CK_RESTRICT dx, bool accumulates,
                              ptrdiff_t width) {
    CK_REASSOCIATE
    float sum = 0, coupling = 0;
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        const float gradient = dy[i] * (1.0f + scale[i]) * weight[i];
        sum += gradient;
        coupling += gradient * (x[i] - row.mean) * row.inverse;
    }
    const float mean = sum / (float)width, pull = coupling / (float)width;
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        const float gradient = dy[i] * (1.0f + scale[i]) * weight[i];
        deliver(dx, i, row.inverse * (gradient - mean - (x[i] - row.mean) * row.inverse * pull), accumulates);
    }
}

CK_KERNEL void ck_adaptive_norm_backward(const ck_adaptive_norm *norm, const float *x, const float *modulation, const float *dy,
                                         const ck_adaptive_target *dx, const ck_adaptive_target *dmodulation, float *sums,
                                         ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    if (sums) memset(sums, 0, 2 * (size_t)width * sizeof(float));
    for (ptrdiff_t row = begin; row < end; row++) {
        const float *input = x + row * width, *scale = modulation + (3 * row + 1) * width, *gradient = dy + row * width;
        const ck_row_statistics known = statistics(input, width, norm->epsilon);
        if (sums) add_parameter_sums(input, known, scale, gradient, sums, sums + width, width);
        if (dx->values)
            input_gradient(input, known, norm->weight, scale, gradient, dx->values + row * width, dx->accumulates, width);
        if (!dmodulation->values) continue;
        float *target = dmodulation->values + 3 * row * width;
        modulation_gradient(input, known, norm->weight, norm->bias, gradient, target, target + width, dmodulation->accumulates, width);
        if (!dmodulation->accumulates) memset(target + 2 * width, 0, (size_t)width * sizeof(float));
    }
}

CK_INLINE void add_gated(const float *CK_RESTRICT x, const float *CK_RESTRICT y, const float *CK_RESTRICT gate,
                         float *CK_RESTRICT out, ptrdiff_t width) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) out[i] = x[i] + gate[i] * y[i];
}

CK_KERNEL void ck_adaptive_residual_forward(const float *x, const float *y, const float *modulation, float *out, ptrdiff_t width,
                                            ptrdiff_t begin, ptrdiff_t end) {
    for (ptrdiff_t row = begin; row < end; row++)
        add_gated(x + row * width, y + row * width, modulation + (3 * row + 2) * width, out + row * width, width);
}

CK_INLINE void product(const float *CK_RESTRICT a, const float *CK_RESTRICT b, float *CK_RESTRICT target, bool accumulates,
                       ptrdiff_t width) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) deliver(target, i, a[i] * b[i], accumulates);
}

CK_KERNEL void ck_adaptive_residual_backward(const float *y, const float *modulation, const float *dout,
                                             const ck_adaptive_target *dy, const ck_adaptive_target *dmodulation, ptrdiff_t width,
                                             ptrdiff_t begin, ptrdiff_t end) {
    for (ptrdiff_t row = begin; row < end; row++) {
        const float *gradient = dout + row * width;
        if (dy->values) product(gradient, modulation + (3 * row + 2) * width, dy->values + row * width, dy->accumulates, width);
        if (!dmodulation->values) continue;
        float *target = dmodulation->values + 3 * row * width;
        if (!dmodulation->accumulates) memset(target, 0, 2 * (size_t)width * sizeof(float));
        product(gradient, y + row * width, target + 2 * width, dmodulation->accumulates, width);
    }
}

void ck_adaptive_sum(const float *sums, ptrdiff_t chunks, ptrdiff_t stride, const ck_adaptive_target *target, ptrdiff_t begin,
                     ptrdiff_t end) {
    for (ptrdiff_t i = begin; i < end; i++) {
        double sum = 0; // One share per chunk of rows: there may be thousands.
        for (ptrdiff_t chunk = 0; chunk < chunks; chunk++) sum += sums[chunk * stride + i];
        deliver(target->values, i, (float)sum, target->accumulates);
    }
}
