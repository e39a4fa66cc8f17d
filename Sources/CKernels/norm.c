#include "ck_norm.h"
#include "kernel.h"
#include "row_statistics.h"

CK_INLINE void keep(const ck_norm *norm, ck_row_statistics row, float *kept, ptrdiff_t index) {
    if (!norm->centres) {
        kept[index] = row.inverse;
    } else {
        kept[2 * index] = row.inverse;
        kept[2 * index + 1] = row.mean;
    }
}

CK_INLINE ck_row_statistics kept_statistics(const ck_norm *norm, const float *kept, ptrdiff_t index) {
    return norm->centres ? (ck_row_statistics){kept[2 * index + 1], kept[2 * index]} : (ck_row_statistics){0.0f, kept[index]};
}

CK_INLINE void normalise(const float *CK_RESTRICT x, const float *CK_RESTRICT weight, const float *CK_RESTRICT scale,
                         const float *CK_RESTRICT shift, ck_row_statistics row, float *CK_RESTRICT y, ptrdiff_t width) {
    const float mean = row.mean, inverse = row.inverse;
    if (weight && scale && shift) {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = (x[i] - mean) * inverse * weight[i] * (1.0f + scale[i]) + shift[i];
    } else if (weight && !scale && shift) {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = (x[i] - mean) * inverse * weight[i] + shift[i];
    } else if (weight && !scale) {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = (x[i] - mean) * inverse * weight[i];
    } else if (!weight && scale && shift) {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = (x[i] - mean) * inverse * (1.0f + scale[i]) + shift[i];
    } else if (!scale && !shift) {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) y[i] = (x[i] - mean) * inverse;
    } else {
        for (ptrdiff_t i = 0; i < width; i++) {
            float value = (x[i] - mean) * inverse;
            if (weight) value *= weight[i];
            if (scale) value *= 1.0f + scale[i];
            if (shift) value += shift[i];
            y[i] = value;
        }
    }
}

CK_KERNEL void ck_norm_forward(const ck_norm *norm, const float *x, float *y, float *kept, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    for (ptrdiff_t index = begin; index < end; index++) {
        const ptrdiff_t modulation = index / norm->rows_per_image * norm->modulation_stride;
        const float *input = x + index * width;
        const ck_row_statistics row =
            ck_row_statistics_around(norm->centres ? ck_row_mean(input, width) : 0.0f, input, width, norm->epsilon);
        if (kept) keep(norm, row, kept, index);
        normalise(input, norm->weight, norm->scale ? norm->scale + modulation : NULL,
                  norm->shift ? norm->shift + modulation : NULL, row, y + index * width, width);
    }
}

/// What couples the elements of a row: Σ dy · f and Σ dy · f · (x − mean), with f = w (1 + scale).
typedef struct {
    float sum;
    float products;
} row_coupling;

CK_INLINE row_coupling coupling(const float *CK_RESTRICT x, float mean, const float *CK_RESTRICT factor,
                                const float *CK_RESTRICT dy, ptrdiff_t width) {
    CK_REASSOCIATE
    float sum = 0, products = 0;
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        const float gradient = dy[i] * factor[i];
        sum += gradient;
        products += gradient * (x[i] - mean);
    }
    return (row_coupling){sum, products};
}

/// dx = inverse · dy · f − pull · (x − mean) − offset.
CK_INLINE void input_gradient(const float *CK_RESTRICT x, ck_row_statistics row, const float *CK_RESTRICT factor,
                              const float *CK_RESTRICT dy, float pull, float offset, bool accumulate, float *CK_RESTRICT dx,
                              ptrdiff_t width) {
    if (accumulate) {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) dx[i] += row.inverse * dy[i] * factor[i] - pull * (x[i] - row.mean) - offset;
    } else {
        CK_ROW_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) dx[i] = row.inverse * dy[i] * factor[i] - pull * (x[i] - row.mean) - offset;
    }
}

CK_INLINE void add_sums(const float *CK_RESTRICT x, ck_row_statistics row, const float *CK_RESTRICT dy, float *CK_RESTRICT product_sum,
                        float *CK_RESTRICT sum, ptrdiff_t width) {
    CK_ROW_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) {
        product_sum[i] += dy[i] * (x[i] - row.mean) * row.inverse;
        sum[i] += dy[i];
    }
}

enum { block_width = 2048 };

/// w (1 + scale) of columns `first ..< first + count`.
CK_INLINE void make_factor(const float *CK_RESTRICT weight, const float *CK_RESTRICT scale, float *CK_RESTRICT factor,
                           ptrdiff_t count) {
    if (weight)
        memcpy(factor, weight, (size_t)count * sizeof(float));
    else
        for (ptrdiff_t i = 0; i < count; i++) factor[i] = 1.0f;
    if (scale) for (ptrdiff_t i = 0; i < count; i++) factor[i] *= 1.0f + scale[i];
}

CK_KERNEL void ck_norm_backward(const ck_norm *norm, const float *x, const float *kept, const float *dy, float *dx, bool accumulate,
                                float *sums, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = norm->width;
    if (sums) memset(sums, 0, 2 * (size_t)width * sizeof(float));
    if (begin >= end) return;
    const float *scale = norm->scale ? norm->scale + begin / norm->rows_per_image * norm->modulation_stride : NULL;
    float factor[block_width];
    // Rows of usual widths share one factor; wider ones make it again block by block.
    const bool shared = width <= block_width;
    if (shared) make_factor(norm->weight, scale, factor, width);
    for (ptrdiff_t index = begin; index < end; index++) {
        const float *input = x + index * width, *gradient = dy + index * width;
        const ck_row_statistics row = kept_statistics(norm, kept, index);
        if (sums) add_sums(input, row, gradient, sums, sums + width, width);
        if (!dx) continue;
        row_coupling all = {0, 0};
        for (int pass = 0; pass < 2; pass++) {
            const float pull = row.inverse * row.inverse * row.inverse * all.products / (float)width;
            const float offset = norm->centres ? row.inverse * all.sum / (float)width : 0.0f;
            for (ptrdiff_t first = 0; first < width; first += block_width) {
                const ptrdiff_t count = ck_min(block_width, width - first);
                const float *part = input + first, *part_gradient = gradient + first;
                if (!shared) make_factor(norm->weight ? norm->weight + first : NULL, scale ? scale + first : NULL, factor, count);
                if (pass == 1) {
                    input_gradient(part, row, factor, part_gradient, pull, offset, accumulate, dx + index * width + first, count);
                    continue;
                }
                const row_coupling block = coupling(part, row.mean, factor, part_gradient, count);
                all.sum += block.sum;
                all.products += block.products;
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
