#include "CImages.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/// Everything an encode owns. It lives in the caller's frame, so its fields are intact after a longjmp.
typedef struct Encoder {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    unsigned char *bytes;
    unsigned long byte_count;
    CImagesMessage *message;
    CImagesStatus status;
} Encoder;

static void on_error(j_common_ptr jpeg) {
    Encoder *encoder = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    snprintf(encoder->message->text, CImagesMessageCapacity, "%s", text);
    encoder->status = CImagesStatusCorrupt;
    longjmp(encoder->escape, 1);
}

static void on_message(j_common_ptr jpeg, int level) {
    (void)jpeg;
    (void)level;
}

static void encode(
    Encoder *encoder, const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, int quality) {
    if (setjmp(encoder->escape)) {
        return;
    }
    j_compress_ptr jpeg = &encoder->jpeg;
    jpeg->err = jpeg_std_error(&encoder->errors);
    encoder->errors.error_exit = on_error;
    encoder->errors.emit_message = on_message;
    jpeg->client_data = encoder;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &encoder->bytes, &encoder->byte_count);
    jpeg->image_width = width;
    jpeg->image_height = height;
    jpeg->input_components = (int)channels;
    jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg->next_scanline * width * channels);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

CImagesStatus cimages_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, int quality,
    CImagesBytes *result, CImagesMessage *message) {
    memset(result, 0, sizeof *result);
    message->text[0] = 0;
    Encoder encoder = {.message = message};
    encode(&encoder, pixels, width, height, channels, quality);
    jpeg_destroy_compress(&encoder.jpeg);
    if (encoder.status == CImagesStatusSuccess) {    // after a failure libjpeg may have freed its buffer already
        *result = (CImagesBytes){.bytes = encoder.bytes, .count = encoder.byte_count, .capacity = encoder.byte_count};
    }
    return encoder.status;
}
