// Patches of images as the rows of a matrix, without overlap: image [B, C, rows · p, columns · p], dense ↔ [B · rows · columns, C · p · p].
#ifndef CK_PATCH_ROWS_H
#define CK_PATCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    ptrdiff_t channels;
    ptrdiff_t rows, columns; // patches down and across an image
    ptrdiff_t size;          // side of a patch in pixels
    bool channels_last;      // a row is ordered (row, column, channel); otherwise (channel, row, column)
} ck_patch_layout;

/// Values `first ..< last` of patches `begin ..< end`: out[patch - begin, value - first], rows `stride` apart.
void ck_patch_rows(const ck_patch_layout *layout, const float *image, float *out, ptrdiff_t stride, ptrdiff_t begin, ptrdiff_t end,
                   ptrdiff_t first, ptrdiff_t last);

/// The same values transposed: out[value - first, patch - begin].
void ck_patch_columns(const ck_patch_layout *layout, const float *image, float *out, ptrdiff_t stride, ptrdiff_t begin, ptrdiff_t end,
                      ptrdiff_t first, ptrdiff_t last);

/// Puts patches `begin ..< end` into their place in the images, or adds them to it: x[patch - begin, value] + bias[value], rows
/// `stride` apart. `bias` may be NULL.
void ck_patch_image(const ck_patch_layout *layout, const float *x, ptrdiff_t stride, const float *bias, float *image, bool accumulate,
                    ptrdiff_t begin, ptrdiff_t end);

#endif
