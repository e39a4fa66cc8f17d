#pragma once

#include "CImagesPNG.h"

/// A decoded picture: rows from top to bottom, channels interleaved, 8 bits each.
typedef struct CImagesJPEG {
    uint32_t width;
    uint32_t height;
    uint32_t channels;          // 1 grey, 3 RGB
    uint8_t *pixels;
    size_t pixel_byte_count;
    uint8_t *exif;              // contents of the first APP1 "Exif" segment after its six-byte name, or NULL
    size_t exif_byte_count;
} CImagesJPEG;

/// Decodes a JPEG held in memory: baseline or progressive, grey, YCbCr, RGB, CMYK or YCCK. Release the result with
/// cimages_jpeg_release, also after a failure.
///
/// Values are those that Pillow's convert("RGB") would show (libjpeg-turbo's accurate integer transform and smooth
/// chroma upsampling; CMYK as Adobe writes it). Damaged entropy-coded data is an error, not a grey area.
CImagesStatus cimages_jpeg_decode(
    const uint8_t *bytes, size_t byte_count, CImagesLimits limits, CImagesJPEG *result, CImagesMessage *message);

void cimages_jpeg_release(CImagesJPEG *result);

/// Encodes 1 (grey) or 3 (RGB) channels at a quality of 1...100. Release the result with cimages_bytes_release.
CImagesStatus cimages_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, int quality,
    CImagesBytes *result, CImagesMessage *message);
