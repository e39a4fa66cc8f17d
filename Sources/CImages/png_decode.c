#include "CImages.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Everything a decode owns. It lives in the caller's frame, so its fields are intact after a longjmp.
typedef struct Decoder {
    const uint8_t *bytes;
    size_t byte_count;
    size_t offset;
    CImagesLimits limits;
    CImagesDeepGrey deep_grey;
    CImagesPNG *result;
    CImagesMessage *message;
    CImagesStatus status;
    png_structp png;
    png_infop info;
    uint8_t *raw;           // rows as libpng delivers them
    png_bytep *rows;
    size_t row_byte_count;
} Decoder;

static void fail(Decoder *decoder, CImagesStatus status, const char *text) {
    decoder->status = status;
    snprintf(decoder->message->text, CImagesMessageCapacity, "%s", text);
}

static void on_error(png_structp png, png_const_charp text) {
    fail(png_get_error_ptr(png), CImagesStatusCorrupt, text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void on_read(png_structp png, png_bytep destination, size_t count) {
    Decoder *decoder = png_get_io_ptr(png);
    if (count > decoder->byte_count - decoder->offset) {
        png_error(png, "the file ends too early");
    }
    memcpy(destination, decoder->bytes + decoder->offset, count);
    decoder->offset += count;
}

static void *allocate(Decoder *decoder, size_t count) {
    void *memory = malloc(count);
    if (memory == NULL) {
        fail(decoder, CImagesStatusOutOfMemory, "out of memory");
        png_longjmp(decoder->png, 1);
    }
    return memory;
}

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/// Reads the size from the header by hand, so that a hostile size is refused before libpng sees it.
static int header_is_acceptable(Decoder *decoder) {
    const uint8_t *bytes = decoder->bytes;
    if (decoder->byte_count < 33 || png_sig_cmp(bytes, 0, 8) != 0 || memcmp(bytes + 12, "IHDR", 4) != 0) {
        fail(decoder, CImagesStatusWrongFormat, "not a PNG file");
        return 0;
    }
    uint32_t width = big_endian(bytes + 16), height = big_endian(bytes + 20);
    decoder->result->width = width;
    decoder->result->height = height;
    if (width > decoder->limits.maximum_side || height > decoder->limits.maximum_side
        || (uint64_t)width * height > decoder->limits.maximum_byte_count / 4) {
        fail(decoder, CImagesStatusTooLarge, "too large");
        return 0;
    }
    return 1;
}

/// Asks libpng for 8-bit samples; palettes and 16-bit grey are left to expand_palette and narrow_grey.
static void choose_transformations(Decoder *decoder, int colour, int depth) {
    png_structp png = decoder->png;
    png_set_packing(png);
    if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) {
        png_set_expand_gray_1_2_4_to_8(png);
    }
    if (depth == 16 && colour != PNG_COLOR_TYPE_GRAY) {
        png_set_strip_16(png);
    }
    if (colour == PNG_COLOR_TYPE_GRAY_ALPHA) {
        png_set_gray_to_rgb(png);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
}

static void read_rows(Decoder *decoder) {
    size_t height = decoder->result->height;
    decoder->row_byte_count = png_get_rowbytes(decoder->png, decoder->info);
    size_t count = decoder->row_byte_count * height;
    // Deflate shrinks by at most 1032; a smaller file cannot hold this picture, so nothing is allocated for it.
    if (count / 1032 > decoder->byte_count) {
        png_error(decoder->png, "the file is too short for its size");
    }
    decoder->raw = allocate(decoder, count);
    decoder->rows = allocate(decoder, height * sizeof(png_bytep));
    for (size_t y = 0; y < height; y++) {
        decoder->rows[y] = decoder->raw + y * decoder->row_byte_count;
    }
    png_read_image(decoder->png, decoder->rows);
    png_read_end(decoder->png, decoder->info);
}

/// Looks colours up. Entries that the file leaves out show their index as a grey, as in Pillow.
static void expand_palette(Decoder *decoder) {
    png_colorp colours = NULL;
    png_bytep alphas = NULL;
    int colour_count = 0, alpha_count = 0;
    png_get_PLTE(decoder->png, decoder->info, &colours, &colour_count);
    png_get_tRNS(decoder->png, decoder->info, &alphas, &alpha_count, NULL);

    uint8_t table[256][4];
    for (int i = 0; i < 256; i++) {
        int is_given = i < colour_count;
        table[i][0] = is_given ? colours[i].red : (uint8_t)i;
        table[i][1] = is_given ? colours[i].green : (uint8_t)i;
        table[i][2] = is_given ? colours[i].blue : (uint8_t)i;
        table[i][3] = i < alpha_count ? alphas[i] : 255;
    }
    CImagesPNG *result = decoder->result;
    result->channels = alpha_count > 0 ? 4 : 3;
    size_t count = (size_t)result->width * result->height;
    result->pixels = allocate(decoder, count * result->channels);
    for (size_t i = 0; i < count; i++) {
        memcpy(result->pixels + i * result->channels, table[decoder->raw[i]], result->channels);
    }
}

static void narrow_grey(Decoder *decoder) {
    CImagesPNG *result = decoder->result;
    size_t count = (size_t)result->width * result->height;
    result->channels = 1;
    result->pixels = allocate(decoder, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t high = decoder->raw[2 * i], low = decoder->raw[2 * i + 1];
        result->pixels[i] = decoder->deep_grey == CImagesDeepGreyHighByte ? high : high != 0 ? 255 : low;
    }
}

static void finish_pixels(Decoder *decoder, int colour, int depth) {
    CImagesPNG *result = decoder->result;
    if (colour == PNG_COLOR_TYPE_PALETTE) {
        expand_palette(decoder);
    } else if (colour == PNG_COLOR_TYPE_GRAY && depth == 16) {
        narrow_grey(decoder);
    } else {
        result->channels = png_get_channels(decoder->png, decoder->info);
        result->pixels = decoder->raw;
        decoder->raw = NULL;
    }
    result->pixel_byte_count = (size_t)result->width * result->height * result->channels;
}

static char *copy_string(Decoder *decoder, const char *text) {
    const char *source = text != NULL ? text : "";
    size_t count = strlen(source) + 1;
    return memcpy(allocate(decoder, count), source, count);
}

static void copy_texts(Decoder *decoder) {
    png_textp texts = NULL;
    int count = 0;
    png_get_text(decoder->png, decoder->info, &texts, &count);
    if (count <= 0) {
        return;
    }
    CImagesPNG *result = decoder->result;
    result->texts = allocate(decoder, (size_t)count * sizeof(CImagesPNGText));
    memset(result->texts, 0, (size_t)count * sizeof(CImagesPNGText));
    result->text_count = (size_t)count;
    for (int i = 0; i < count; i++) {
        result->texts[i].keyword = copy_string(decoder, texts[i].key);
        result->texts[i].value = copy_string(decoder, texts[i].text);
        result->texts[i].is_utf8 = texts[i].compression >= PNG_ITXT_COMPRESSION_NONE;
    }
}

static void decode(Decoder *decoder) {
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, on_warning);
    decoder->info = decoder->png != NULL ? png_create_info_struct(decoder->png) : NULL;
    if (decoder->info == NULL) {
        fail(decoder, CImagesStatusOutOfMemory, "libpng could not start");
        return;
    }
    if (setjmp(png_jmpbuf(decoder->png))) {
        return;
    }
    png_set_user_limits(decoder->png, decoder->limits.maximum_side, decoder->limits.maximum_side);
    png_set_chunk_malloc_max(decoder->png, 8 << 20);    // text and profile chunks may be compressed bombs
    png_set_chunk_cache_max(decoder->png, 256);
    png_set_read_fn(decoder->png, decoder, on_read);
    png_read_info(decoder->png, decoder->info);
    int colour = png_get_color_type(decoder->png, decoder->info);
    int depth = png_get_bit_depth(decoder->png, decoder->info);
    choose_transformations(decoder, colour, depth);
    read_rows(decoder);
    finish_pixels(decoder, colour, depth);
    copy_texts(decoder);
}

CImagesStatus cimages_png_decode(
    const uint8_t *bytes, size_t byte_count, CImagesLimits limits, CImagesDeepGrey deep_grey, CImagesPNG *result,
    CImagesMessage *message) {
    memset(result, 0, sizeof *result);
    message->text[0] = 0;
    Decoder decoder = {.bytes = bytes, .byte_count = byte_count, .limits = limits, .deep_grey = deep_grey,
                       .result = result, .message = message};
    if (header_is_acceptable(&decoder)) {
        decode(&decoder);
    }
    if (decoder.png != NULL) {
        png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    }
    free(decoder.rows);
    free(decoder.raw);
    return decoder.status;
}

void cimages_png_release(CImagesPNG *result) {
    for (size_t i = 0; i < result->text_count; i++) {
        free(result->texts[i].keyword);
        free(result->texts[i].value);
    }
    free(result->texts);
    free(result->pixels);
    memset(result, 0, sizeof *result);
}
