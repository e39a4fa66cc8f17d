#include "ck_patches.h"
#include "kernel.h"

/// The window positions `first ..< last` along a row whose element `offset` lies inside an image of `width` pixels.
typedef struct {
    ptrdiff_t first, last;
} run;

CK_INLINE run positions_inside(const ck_windows *windows, ptrdiff_t offset) {
    const ptrdiff_t start = offset - windows->padding_width, stride = windows->stride_width;
    const ptrdiff_t first = start >= 0 ? 0 : (stride - 1 - start) / stride;
    const ptrdiff_t reach = windows->width - 1 - start;
    const ptrdiff_t last = reach < 0 ? 0 : ck_min(windows->columns, reach / stride + 1);
    return (run){ck_min(first, last), last};
}

void ck_unfold_planes(const ck_windows *windows, const float *image, float *patches, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t *strides = windows->image_strides;
    const ptrdiff_t elements = windows->kernel_height * windows->kernel_width, columns = windows->columns;
    for (ptrdiff_t plane = begin; plane < end; plane++) {
        const ptrdiff_t batch = plane / windows->channels, channel = plane % windows->channels;
        const float *pixels = image + batch * strides[0] + channel * strides[1];
        for (ptrdiff_t element = 0; element < elements; element++) {
            const ptrdiff_t r = element / windows->kernel_width, c = element % windows->kernel_width;
            const run inside = positions_inside(windows, c);
            const ptrdiff_t step = windows->stride_width * strides[3];
            float *target = patches + batch * windows->patch_strides[0] + (channel * elements + element) * windows->patch_strides[2];
            for (ptrdiff_t row = 0; row < windows->rows; row++, target += columns) {
                const ptrdiff_t y = row * windows->stride_height - windows->padding_height + r;
                const bool is_inside = y >= 0 && y < windows->height;
                const run filled = is_inside ? inside : (run){0, 0};
                const float *source = pixels + (is_inside ? y : 0) * strides[2] + (c - windows->padding_width) * strides[3];
                for (ptrdiff_t x = 0; !accumulate && x < filled.first; x++) target[x] = 0.0f;
                if (accumulate)
                    for (ptrdiff_t x = filled.first; x < filled.last; x++) target[x] += source[x * step];
                else if (step == 1)
                    for (ptrdiff_t x = filled.first; x < filled.last; x++) target[x] = source[x];
                else
                    for (ptrdiff_t x = filled.first; x < filled.last; x++) target[x] = source[x * step];
                for (ptrdiff_t x = filled.last; !accumulate && x < columns; x++) target[x] = 0.0f;
            }
        }
    }
}

void ck_fold_planes(const ck_windows *windows, const float *patches, float *image, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t *strides = windows->image_strides;
    const ptrdiff_t elements = windows->kernel_height * windows->kernel_width, columns = windows->columns;
    const ptrdiff_t step = windows->stride_width * strides[3];
    for (ptrdiff_t plane = begin; plane < end; plane++) {
        const ptrdiff_t batch = plane / windows->channels, channel = plane % windows->channels;
        float *pixels = image + batch * strides[0] + channel * strides[1];
        for (ptrdiff_t y = 0; !accumulate && y < windows->height; y++)
            for (ptrdiff_t x = 0; x < windows->width; x++) pixels[y * strides[2] + x * strides[3]] = 0.0f;
        // From the last element of a window to the first: a pixel then meets its windows in their order.
        for (ptrdiff_t element = elements - 1; element >= 0; element--) {
            const ptrdiff_t r = element / windows->kernel_width, c = element % windows->kernel_width;
            const run inside = positions_inside(windows, c);
            const float *source = patches + batch * windows->patch_strides[0] + (channel * elements + element) * windows->patch_strides[2];
            for (ptrdiff_t row = 0; row < windows->rows; row++, source += columns) {
                const ptrdiff_t y = row * windows->stride_height - windows->padding_height + r;
                if (y < 0 || y >= windows->height) continue;
                float *target = pixels + y * strides[2] + (c - windows->padding_width) * strides[3];
                if (step == 1)
                    for (ptrdiff_t x = inside.first; x < inside.last; x++) target[x] += source[x];
                else
                    for (ptrdiff_t x = inside.first; x < inside.last; x++) target[x * step] += source[x];
            }
        }
    }
}
