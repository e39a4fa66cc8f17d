#include "ck_norm.h"
#include "kernel.h"

#include <math.h>

CK_INLINE float sum_of_squares(const float *CK_RESTRICT x, ptrdiff_t width) {
    CK_REASSOCIATE
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) sum += x[i] * x[i];
    return sum;
}

CK_INLINE void normalise(const float *CK_RESTRICT x, const float *CK_RESTRICT weight, const float *CK_RESTRICT scale,
                         const float *CK_RESTRICT shift, float inverse, float *CK_RESTRICT y, ptrdiff_t width) {
    if (scale && shift && weight) {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = x[i] * inverse * weight[i] * (1.0f + scale[i]) + shift[i];
    } else if (weight && !scale && !shift) {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = x[i] * inverse * weight[i];
    } else {
        for (ptrdiff_t i = 0; i < width; i++) {
            float value = x[i] * inverse;
            if (weight) value *= weight[i];
            if (scale) value *= 1.0f + scale[i];
            if (shift) value += shift[i];
            y[i] = value;
        }
    }
}

CK_KERNEL void ck_norm_forward(const ck_norm *norm, const float *x, float *y, float *inverse_rms, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    for (ptrdiff_t row = begin; row < end; row++) {
        const ptrdiff_t modulation = row / norm->rows_per_image * norm->modulation_stride;
        const float *input = x + row * width;
        const float inverse = 1.0f / sqrtf(sum_of_squares(input, width) / (float)width + norm->epsilon);
        if (inverse_rms) inverse_rms[row] = inverse;
        normalise(input, norm->weight, norm->scale ? norm->scale + modulation : NULL,
                  norm->shift ? norm->shift + modulation : NULL, inverse, y + row * width, width);
    }
}

/// Σ dy · x · (w (1 + scale)): what couples the elements of a row.
CK_INLINE float coupling(const float *CK_RESTRICT x, const float *CK_RESTRICT factor, const float *CK_RESTRICT dy,
                         ptrdiff_t width) {
    CK_REASSOCIATE
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) sum += dy[i] * factor[i] * x[i];
    return sum;
}

CK_INLINE void input_gradient(const float *CK_RESTRICT x, const float *CK_RESTRICT factor, const float *CK_RESTRICT dy,
                              float inverse, float pull, bool accumulate, float *CK_RESTRICT dx, ptrdiff_t width) {
    if (accumulate) {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) dx[i] += inverse * dy[i] * factor[i] - pull * x[i];
    } else {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) dx[i] = inverse * dy[i] * factor[i] - pull * x[i];
    }
}

CK_INLINE void add_sums(const float *CK_RESTRICT x, const float *CK_RESTRICT dy, float inverse, float *CK_RESTRICT product_sum,
                        float *CK_RESTRICT sum, ptrdiff_t width) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        product_sum[i] += dy[i] * x[i] * inverse;
        sum[i] += dy[i];
    }
}

enum { block_width = 2048 };

/// w (1 + scale) of columns `first ..< first + count`.
CK_INLINE void make_factor(const float *CK_RESTRICT weight, const float *CK_RESTRICT scale, float *CK_RESTRICT factor,
                           ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) factor[i] = weight ? weight[i] : 1.0f;
    if (scale) for (ptrdiff_t i = 0; i < count; i++) factor[i] *= 1.0f + scale[i];
}

CK_KERNEL void ck_norm_backward(const ck_norm *norm, const float *x, const float *inverse_rms, const float *dy, float *dx,
                                bool accumulate, float *sums, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    if (sums) memset(sums, 0, 2 * (size_t)width * sizeof(float));
    if (begin >= end) return;
    const float *scale = norm->scale ? norm->scale + begin / norm->rows_per_image * norm->modulation_stride : NULL;
    float factor[block_width];
    // Rows of usual widths share one factor; wider ones make it again block by block.
    const bool shared = width <= block_width;
    if (shared) make_factor(norm->weight, scale, factor, width);
    for (ptrdiff_t row = begin; row < end; row++) {
        const float *input = x + row * width, *gradient = dy + row * width;
        const float inverse = inverse_rms[row];
        if (sums) add_sums(input, gradient, inverse, sums, sums + width, width);
        if (!dx) continue;
        float sum = 0;
        for (int pass = 0; pass < 2; pass++) {
            const float pull = inverse * inverse * inverse * sum / (float)width;
            for (ptrdiff_t first = 0; first < width; first += block_width) {
                const ptrdiff_t count = ck_min(block_width, width - first);
                if (!shared) make_factor(norm->weight ? norm->weight + first : NULL, scale ? scale + first : NULL, factor, count);
                if (pass == 0) sum += coupling(input + first, factor, gradient + first, count);
                else input_gradient(input + first, factor, gradient + first, inverse, pull, accumulate, dx + row * width + first, count);
            }
        }
    }
}

CK_INLINE void put(const ck_norm_target *target, ptrdiff_t index, float value) {
    if (target->values) target->values[index] = value + (target->accumulates ? target->values[index] : 0.0f);
}

void ck_norm_finish(const ck_norm *norm, const float *sums, ptrdiff_t images, ptrdiff_t chunks_per_image,
                    const ck_norm_gradients *gradients, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    for (ptrdiff_t i = begin; i < end; i++) {
        const float weight = norm->weight ? norm->weight[i] : 1.0f;
        float weight_gradient = 0;
        for (ptrdiff_t image = 0; image < images; image++) {
            const float *chunks = sums + image * chunks_per_image * 2 * width;
            float product_sum = 0, sum = 0;
            for (ptrdiff_t chunk = 0; chunk < chunks_per_image; chunk++) {
                product_sum += chunks[chunk * 2 * width + i];
                sum += chunks[(chunk * 2 + 1) * width + i];
            }
            const float scale = norm->scale ? norm->scale[image * norm->modulation_stride + i] : 0.0f;
            weight_gradient += product_sum * (1.0f + scale);
            put(&gradients->scale, image * width + i, product_sum * weight);
            put(&gradients->shift, image * width + i, sum);
        }
        put(&gradients->weight, i, weight_gradient);
    }
}
