#include "ck_patches.h"
#include "kernel.h"

/// The part of a window's row that lies inside the image: elements `first ..< last` of `kernel_width`, from x = `start` + first.
typedef struct {
    ptrdiff_t start, first, last;
} span;

CK_INLINE span columns_inside(const ck_windows *windows, ptrdiff_t column) {
    const ptrdiff_t start = column * windows->stride_width - windows->padding_width;
    const ptrdiff_t first = start < 0 ? -start : 0;
    return (span){start, first, ck_min(windows->kernel_width, windows->width - start)};
}

void ck_unfold(const ck_windows *windows, const float *image, float *patches, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t per_image = windows->rows * windows->columns, step = windows->patch_strides[2];
    const ptrdiff_t *strides = windows->image_strides;
    for (ptrdiff_t window = begin; window < end; window++) {
        const ptrdiff_t batch = window / per_image, position = window % per_image;
        const ptrdiff_t top = position / windows->columns * windows->stride_height - windows->padding_height;
        const span inside = columns_inside(windows, position % windows->columns);
        float *patch = patches + batch * windows->patch_strides[0] + position * windows->patch_strides[1];
        for (ptrdiff_t channel = 0; channel < windows->channels; channel++) {
            for (ptrdiff_t r = 0; r < windows->kernel_height; r++) {
                const ptrdiff_t y = top + r;
                const bool is_inside = y >= 0 && y < windows->height;
                const float *row = image + batch * strides[0] + channel * strides[1] + (is_inside ? y : 0) * strides[2];
                const bool is_whole = is_inside && inside.first == 0 && inside.last == windows->kernel_width;
                if (is_whole && step == 1 && strides[3] == 1 && !accumulate) {
                    memcpy(patch, row + inside.start, (size_t)windows->kernel_width * sizeof(float));
                    patch += windows->kernel_width;
                    continue;
                }
                for (ptrdiff_t c = 0; c < windows->kernel_width; c++) {
                    const bool is_pixel = is_inside && c >= inside.first && c < inside.last;
                    const float value = is_pixel ? row[(inside.start + c) * strides[3]] : 0.0f;
                    *patch = accumulate ? *patch + value : value;
                    patch += step;
                }
            }
        }
    }
}

void ck_fold(const ck_windows *windows, const float *patches, float *image, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t window_size = windows->kernel_height * windows->kernel_width, step = windows->patch_strides[2];
    const ptrdiff_t *strides = windows->image_strides;
    for (ptrdiff_t plane = begin; plane < end; plane++) {
        const ptrdiff_t batch = plane / windows->channels, channel = plane % windows->channels;
        float *pixels = image + batch * strides[0] + channel * strides[1];
        for (ptrdiff_t y = 0; !accumulate && y < windows->height; y++)
            for (ptrdiff_t x = 0; x < windows->width; x++) pixels[y * strides[2] + x * strides[3]] = 0.0f;
        for (ptrdiff_t position = 0; position < windows->rows * windows->columns; position++) {
            const ptrdiff_t top = position / windows->columns * windows->stride_height - windows->padding_height;
            const span inside = columns_inside(windows, position % windows->columns);
            const float *patch =
                patches + batch * windows->patch_strides[0] + position * windows->patch_strides[1] + channel * window_size * step;
            for (ptrdiff_t r = 0; r < windows->kernel_height; r++) {
                const ptrdiff_t y = top + r;
                if (y < 0 || y >= windows->height) continue;
                for (ptrdiff_t c = inside.first; c < inside.last; c++)
                    pixels[y * strides[2] + (inside.start + c) * strides[3]] += patch[(r * windows->kernel_width + c) * step];
            }
        }
    }
}
