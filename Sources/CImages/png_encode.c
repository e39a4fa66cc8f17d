#include "CImages.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Everything an encode owns. It lives in the caller's frame, so its fields are intact after a longjmp.
typedef struct Encoder {
    const uint8_t *pixels;
    uint32_t width, height, channels;
    png_textp texts;
    size_t text_count;
    CImagesBytes *result;
    CImagesMessage *message;
    CImagesStatus status;
    png_structp png;
    png_infop info;
} Encoder;

static void fail(Encoder *encoder, CImagesStatus status, const char *text) {
    encoder->status = status;
    snprintf(encoder->message->text, CImagesMessageCapacity, "%s", text);
}

static void on_error(png_structp png, png_const_charp text) {
    Encoder *encoder = png_get_error_ptr(png);
    if (encoder->status == CImagesStatusSuccess) {
        fail(encoder, CImagesStatusCorrupt, text);
    }
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
    Encoder *encoder = png_get_io_ptr(png);
    CImagesBytes *output = encoder->result;
    if (count > output->capacity - output->count) {
        size_t capacity = 2 * (output->count + count) + 4096;
        uint8_t *grown = realloc(output->bytes, capacity);
        if (grown == NULL) {
            fail(encoder, CImagesStatusOutOfMemory, "out of memory");
            png_error(png, "out of memory");
        }
        output->bytes = grown;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->count, source, count);
    output->count += count;
}

static void on_flush(png_structp png) {
    (void)png;
}

static int colour_type(uint32_t channels) {
    switch (channels) {
    case 1: return PNG_COLOR_TYPE_GRAY;
    case 3: return PNG_COLOR_TYPE_RGB;
    default: return PNG_COLOR_TYPE_RGB_ALPHA;
    }
}

static void encode(Encoder *encoder) {
    encoder->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, encoder, on_error, on_warning);
    encoder->info = encoder->png != NULL ? png_create_info_struct(encoder->png) : NULL;
    if (encoder->info == NULL) {
        fail(encoder, CImagesStatusOutOfMemory, "libpng could not start");
        return;
    }
    if (setjmp(png_jmpbuf(encoder->png))) {
        return;
    }
    png_set_write_fn(encoder->png, encoder, on_write, on_flush);
    png_set_IHDR(encoder->png, encoder->info, encoder->width, encoder->height, 8, colour_type(encoder->channels),
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_text(encoder->png, encoder->info, encoder->texts, (int)encoder->text_count);
    png_write_info(encoder->png, encoder->info);
    size_t row_byte_count = (size_t)encoder->width * encoder->channels;
    for (size_t y = 0; y < encoder->height; y++) {
        png_write_row(encoder->png, encoder->pixels + y * row_byte_count);
    }
    png_write_end(encoder->png, NULL);
}

static png_textp make_texts(const CImagesPNGTextInput *inputs, size_t count) {
    png_textp texts = calloc(count + 1, sizeof(png_text));
    for (size_t i = 0; texts != NULL && i < count; i++) {
        texts[i].compression = inputs[i].is_utf8 ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
        texts[i].key = (png_charp)inputs[i].keyword;    // libpng copies both
        texts[i].text = (png_charp)inputs[i].value;
    }
    return texts;
}

CImagesStatus cimages_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
    const CImagesPNGTextInput *texts, size_t text_count, CImagesBytes *result, CImagesMessage *message) {
    memset(result, 0, sizeof *result);
    message->text[0] = 0;
    Encoder encoder = {.pixels = pixels, .width = width, .height = height, .channels = channels,
                       .text_count = text_count, .result = result, .message = message};
    encoder.texts = make_texts(texts, text_count);
    if (encoder.texts == NULL) {
        fail(&encoder, CImagesStatusOutOfMemory, "out of memory");
        return encoder.status;
    }
    encode(&encoder);
    if (encoder.png != NULL) {
        png_destroy_write_struct(&encoder.png, &encoder.info);
    }
    free(encoder.texts);
    return encoder.status;
}

void cimages_bytes_release(CImagesBytes *result) {
    free(result->bytes);
    memset(result, 0, sizeof *result);
}
