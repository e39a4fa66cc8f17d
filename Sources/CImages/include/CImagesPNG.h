#pragma once

#include "CImagesStatus.h"

/// One tEXt, zTXt or iTXt chunk. Memory belongs to the CImagesPNG it came in.
typedef struct CImagesPNGText {
    char *keyword;      // Latin-1, NUL-terminated
    char *value;        // NUL-terminated, UTF-8 if is_utf8 and Latin-1 otherwise
    int is_utf8;
} CImagesPNGText;

/// A decoded picture: rows from top to bottom, channels interleaved, 8 bits each.
typedef struct CImagesPNG {
    uint32_t width;
    uint32_t height;
    uint32_t channels;          // 1 grey, 3 RGB, 4 RGBA
    uint8_t *pixels;
    size_t pixel_byte_count;
    CImagesPNGText *texts;
    size_t text_count;
} CImagesPNG;

/// What becomes of 16-bit grey without alpha.
typedef enum CImagesDeepGrey {
    CImagesDeepGreyHighByte,    // as of 16-bit colours
    CImagesDeepGreyClipped,     // as in Pillow: everything above 255 is white
} CImagesDeepGrey;

/// Decodes a PNG held in memory. Release the result with cimages_png_release, also after a failure.
///
/// Values are those that Pillow's convert("RGB") would show: palettes are looked up, 1-, 2- and 4-bit grey is scaled to
/// 0...255, of 16-bit colours the high byte is taken, gamma is ignored; 16-bit grey is as the caller wishes.
CImagesStatus cimages_png_decode(
    const uint8_t *bytes, size_t byte_count, CImagesLimits limits, CImagesDeepGrey deep_grey, CImagesPNG *result,
    CImagesMessage *message);

void cimages_png_release(CImagesPNG *result);

/// A growing output of bytes made with malloc; free it with cimages_bytes_release.
typedef struct CImagesBytes {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} CImagesBytes;

/// A text chunk to write: tEXt if is_utf8 is 0, iTXt otherwise.
typedef struct CImagesPNGTextInput {
    const char *keyword;
    const char *value;
    int is_utf8;
} CImagesPNGTextInput;

/// Encodes 8-bit grey (1 channel), RGB (3) or RGBA (4) pixels; the bytes depend on the arguments alone.
CImagesStatus cimages_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
    const CImagesPNGTextInput *texts, size_t text_count, CImagesBytes *result, CImagesMessage *message);

void cimages_bytes_release(CImagesBytes *result);
