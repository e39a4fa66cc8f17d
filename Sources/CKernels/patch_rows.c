#include "ck_patch_rows.h"
#include "ck_memory.h"
#include "kernel.h"

/// From a pixel to the next of its row, in values of a patch.
CK_INLINE ptrdiff_t value_step(const ck_patch_layout *layout) { return layout->channels_last ? layout->channels : 1; }

/// Which value of a patch the first pixel of one of its rows is.
CK_INLINE ptrdiff_t first_value(const ck_patch_layout *layout, ptrdiff_t channel, ptrdiff_t row) {
    return layout->channels_last ? row * layout->size * layout->channels + channel : (channel * layout->size + row) * layout->size;
}

/// Where one row of a patch starts in the images.
CK_INLINE ptrdiff_t first_pixel(const ck_patch_layout *layout, ptrdiff_t patch, ptrdiff_t channel, ptrdiff_t row) {
    const ptrdiff_t per_image = layout->rows * layout->columns, size = layout->size;
    const ptrdiff_t plane = patch / per_image * layout->channels + channel;
    const ptrdiff_t down = patch % per_image / layout->columns, across = patch % layout->columns;
    return ((plane * layout->rows + down) * size + row) * layout->columns * size + across * size;
}

/// The first pixel of a row whose value, `start` + pixel · `step`, is not before `value`.
CK_INLINE ptrdiff_t pixel_at(ptrdiff_t value, ptrdiff_t start, ptrdiff_t step) {
    return value <= start ? 0 : (value - start + step - 1) / step;
}

/// How many of the patches `patch ..< end` lie side by side in an image: rows of pixels are read and written from end to end.
CK_INLINE ptrdiff_t neighbours(const ck_patch_layout *layout, ptrdiff_t patch, ptrdiff_t end) {
    return ck_min(end - patch, layout->columns - patch % layout->columns);
}

/// One row of a patch, from an image.
CK_INLINE void get(const float *CK_RESTRICT pixels, float *CK_RESTRICT values, ptrdiff_t step, ptrdiff_t count) {
    CK_SHORT_VECTOR
    for (ptrdiff_t x = 0; x < count; x++) values[x * step] = pixels[x];
}

CK_KERNEL void ck_patch_rows(const ck_patch_layout *layout, const float *image, float *out, ptrdiff_t stride, ptrdiff_t begin,
                             ptrdiff_t end, ptrdiff_t first, ptrdiff_t last) {
    const ptrdiff_t step = value_step(layout), size = layout->size;
    ptrdiff_t count;
    for (ptrdiff_t patch = begin; patch < end; patch += count) {
        count = neighbours(layout, patch, end);
        for (ptrdiff_t channel = 0; channel < layout->channels; channel++) {
            for (ptrdiff_t row = 0; row < size; row++) {
                const ptrdiff_t start = first_value(layout, channel, row);
                const ptrdiff_t from = pixel_at(first, start, step), to = ck_min(size, pixel_at(last, start, step));
                if (from >= to) continue;
                const float *pixels = image + first_pixel(layout, patch, channel, row) + from;
                float *values = out + (patch - begin) * stride + start + from * step - first;
                for (ptrdiff_t i = 0; i < count; i++) {
                    if (step == 1)
                        get(pixels + i * size, values + i * stride, 1, to - from);
                    else
                        get(pixels + i * size, values + i * stride, step, to - from);
                }
            }
        }
    }
}

void ck_patch_columns(const ck_patch_layout *layout, const float *image, float *out, ptrdiff_t stride, ptrdiff_t begin, ptrdiff_t end,
                      ptrdiff_t first, ptrdiff_t last) {
    const ptrdiff_t step = value_step(layout), size = layout->size;
    for (ptrdiff_t channel = 0; channel < layout->channels; channel++) {
        for (ptrdiff_t row = 0; row < size; row++) {
            const ptrdiff_t start = first_value(layout, channel, row);
            const ptrdiff_t from = pixel_at(first, start, step), to = ck_min(size, pixel_at(last, start, step));
            if (from >= to) continue;
            float *values = out + (start + from * step - first) * stride;
            // Patches side by side in an image are the rows of a matrix there.
            ptrdiff_t count;
            for (ptrdiff_t patch = begin; patch < end; patch += count) {
                count = neighbours(layout, patch, end);
                const float *pixels = image + first_pixel(layout, patch, channel, row) + from;
                ck_transpose(pixels, size, values + patch - begin, stride * step, count, 0, to - from);
            }
        }
    }
}

/// One row of a patch, into an image.
CK_INLINE void put(const float *CK_RESTRICT values, const float *CK_RESTRICT bias, ptrdiff_t step, float *CK_RESTRICT pixels,
                   bool accumulate, ptrdiff_t count) {
    CK_SHORT_VECTOR
    for (ptrdiff_t x = 0; x < count; x++) {
        const float value = bias ? values[x * step] + bias[x * step] : values[x * step];
        pixels[x] = accumulate ? pixels[x] + value : value;
    }
}

/// The same for patches side by side.
CK_INLINE void put_row(const ck_patch_layout *layout, const float *values, ptrdiff_t stride, const float *bias, float *pixels,
                       bool accumulate, ptrdiff_t count) {
    const ptrdiff_t step = value_step(layout), size = layout->size;
    for (ptrdiff_t i = 0; i < count; i++) {
        if (step == 1)
            put(values + i * stride, bias, 1, pixels + i * size, accumulate, size);
        else
            put(values + i * stride, bias, step, pixels + i * size, accumulate, size);
    }
}

CK_KERNEL void ck_patch_image(const ck_patch_layout *layout, const float *x, ptrdiff_t stride, const float *bias, float *image,
                              bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    ptrdiff_t count;
    for (ptrdiff_t patch = begin; patch < end; patch += count) {
        count = neighbours(layout, patch, end);
        for (ptrdiff_t channel = 0; channel < layout->channels; channel++) {
            for (ptrdiff_t row = 0; row < layout->size; row++) {
                const ptrdiff_t start = first_value(layout, channel, row);
                const float *values = x + (patch - begin) * stride + start;
                float *pixels = image + first_pixel(layout, patch, channel, row);
                // One loop for each case: a masked load from an address that is none takes hundreds of cycles.
                if (accumulate && bias)
                    put_row(layout, values, stride, bias + start, pixels, true, count);
                else if (accumulate)
                    put_row(layout, values, stride, NULL, pixels, true, count);
                else if (bias)
                    put_row(layout, values, stride, bias + start, pixels, false, count);
                else
                    put_row(layout, values, stride, NULL, pixels, false, count);
            }
        }
    }
}
