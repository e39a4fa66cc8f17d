// Sliding windows over images, zero padded: image [B, C, H, W] ↔ patches [B, L, C · kernel height · kernel width].
#ifndef CK_PATCHES_H
#define CK_PATCHES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    ptrdiff_t channels, height, width;
    ptrdiff_t kernel_height, kernel_width;
    ptrdiff_t stride_height, stride_width;
    ptrdiff_t padding_height, padding_width;
    ptrdiff_t rows, columns;        // window positions down and across
    ptrdiff_t image_strides[4];     // of [B, C, H, W], in elements
    ptrdiff_t patch_strides[3];     // of [B, L, C · kh · kw]
} ck_windows;

/// Windows `begin ..< end`, numbered (image, row, column).
void ck_unfold(const ck_windows *windows, const float *image, float *patches, bool accumulate, ptrdiff_t begin, ptrdiff_t end);

/// Planes `begin ..< end`, numbered (image, channel); overlapping contributions add in the order of the windows.
void ck_fold(const ck_windows *windows, const float *patches, float *image, bool accumulate, ptrdiff_t begin, ptrdiff_t end);

/// As `ck_unfold` for windows in columns (patch_strides[1] = 1): planes `begin ..< end`, numbered (image, channel).
void ck_unfold_planes(const ck_windows *windows, const float *image, float *patches, bool accumulate, ptrdiff_t begin, ptrdiff_t end);

/// As `ck_fold` for windows in columns (patch_strides[1] = 1), with the same order of additions.
void ck_fold_planes(const ck_windows *windows, const float *patches, float *image, bool accumulate, ptrdiff_t begin, ptrdiff_t end);

#endif
