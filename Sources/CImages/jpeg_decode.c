#include "CImages.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/// Everything a decode owns. It lives in the caller's frame, so its fields are intact after a longjmp.
typedef struct Decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    size_t byte_count;
    CImagesLimits limits;
    CImagesJPEG *result;
    CImagesMessage *message;
    CImagesStatus status;
    uint8_t *row;           // one row as libjpeg delivers CMYK
} Decoder;

// A hostile file may repeat tiny scans of a large picture; real ones have about ten.
enum { maximum_scan_count = 200 };

static void fail(Decoder *decoder, CImagesStatus status, const char *text) {
    decoder->status = status;
    snprintf(decoder->message->text, CImagesMessageCapacity, "%s", text);
    longjmp(decoder->escape, 1);
}

static void fail_with_reason(j_common_ptr jpeg) {
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    int is_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
    fail(jpeg->client_data, is_memory ? CImagesStatusOutOfMemory : CImagesStatusCorrupt, text);
}

/// Warnings about the pixels themselves are errors here: a picture that decodes to grey areas must not be trained on.
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) {
        return;
    }
    switch (jpeg->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
        return;
    default:
        fail_with_reason(jpeg);
    }
}

static void on_output(j_common_ptr jpeg) {
    (void)jpeg;
}

static void on_start(j_decompress_ptr jpeg) {
    (void)jpeg;
}

static boolean on_more(j_decompress_ptr jpeg) {
    fail(jpeg->client_data, CImagesStatusCorrupt, "the file ends too early");
    return FALSE;
}

static void on_skip(j_decompress_ptr jpeg, long count) {
    if (count <= 0) {
        return;
    }
    if ((size_t)count > jpeg->src->bytes_in_buffer) {
        on_more(jpeg);
    }
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void on_progress(j_common_ptr jpeg) {
    if (((j_decompress_ptr)jpeg)->input_scan_number > maximum_scan_count) {
        fail(jpeg->client_data, CImagesStatusCorrupt, "it has too many scans");
    }
}

static void *allocate(Decoder *decoder, size_t count) {
    void *memory = malloc(count);
    if (memory == NULL) {
        fail(decoder, CImagesStatusOutOfMemory, "out of memory");
    }
    return memory;
}

static void check_size(Decoder *decoder) {
    j_decompress_ptr jpeg = &decoder->jpeg;
    uint64_t count = (uint64_t)jpeg->image_width * jpeg->image_height;
    decoder->result->width = jpeg->image_width;
    decoder->result->height = jpeg->image_height;
    if (jpeg->image_width > decoder->limits.maximum_side || jpeg->image_height > decoder->limits.maximum_side
        || count > decoder->limits.maximum_byte_count / 4) {
        fail(decoder, CImagesStatusTooLarge, "too large");
    }
    // Huffman coding spends at least one bit on each block of 8 x 8, so nothing is allocated for a shorter file.
    if (!jpeg->arith_code && count / 64 / 8 > decoder->byte_count) {
        fail(decoder, CImagesStatusCorrupt, "the file is too short for its size");
    }
}

static void copy_exif(Decoder *decoder) {
    static const char name[6] = {'E', 'x', 'i', 'f', 0, 0};
    for (jpeg_saved_marker_ptr marker = decoder->jpeg.marker_list; marker != NULL; marker = marker->next) {
        if (marker->marker == JPEG_APP0 + 1 && marker->data_length > sizeof name
            && memcmp(marker->data, name, sizeof name) == 0) {
            size_t count = marker->data_length - sizeof name;
            decoder->result->exif = memcpy(allocate(decoder, count), marker->data + sizeof name, count);
            decoder->result->exif_byte_count = count;
            return;
        }
    }
}

static void choose_colours(Decoder *decoder) {
    switch (decoder->jpeg.num_components) {
    case 1: decoder->jpeg.out_color_space = JCS_GRAYSCALE; break;
    case 3: decoder->jpeg.out_color_space = JCS_RGB; break;
    case 4: decoder->jpeg.out_color_space = JCS_CMYK; break;
    default: fail(decoder, CImagesStatusCorrupt, "its colours are neither grey nor RGB nor CMYK");
    }
}

/// a * b / 255, rounded.
static uint8_t product(uint8_t a, uint8_t b) {
    unsigned value = (unsigned)a * b + 128;
    return (uint8_t)(((value >> 8) + value) >> 8);
}

/// Inks are stored inverted (255 = none), so a colour is what cyan, magenta or yellow and black let through.
static void convert_inks(const uint8_t *inks, uint8_t *colours, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t light = inks[4 * i + 3];
        for (int channel = 0; channel < 3; channel++) {
            colours[3 * i + channel] = light - product((uint8_t)(255 - inks[4 * i + channel]), light);
        }
    }
}

static void read_rows(Decoder *decoder) {
    j_decompress_ptr jpeg = &decoder->jpeg;
    CImagesJPEG *result = decoder->result;
    int has_inks = jpeg->out_color_space == JCS_CMYK;
    result->channels = has_inks ? 3 : (uint32_t)jpeg->output_components;
    size_t row_byte_count = (size_t)result->width * result->channels;
    result->pixel_byte_count = row_byte_count * result->height;
    result->pixels = allocate(decoder, result->pixel_byte_count);
    if (has_inks) {
        decoder->row = allocate(decoder, (size_t)result->width * 4);
    }
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *target = result->pixels + jpeg->output_scanline * row_byte_count;
        JSAMPROW row = has_inks ? decoder->row : target;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (has_inks) {
            convert_inks(decoder->row, target, result->width);
        }
    }
}

static void start(Decoder *decoder, const uint8_t *bytes) {
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = fail_with_reason;
    decoder->errors.emit_message = on_message;
    decoder->errors.output_message = on_output;
    decoder->jpeg.client_data = decoder;
    jpeg_create_decompress(&decoder->jpeg);
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes, .bytes_in_buffer = decoder->byte_count, .init_source = on_start,
        .fill_input_buffer = on_more, .skip_input_data = on_skip, .resync_to_restart = jpeg_resync_to_restart,
        .term_source = on_start};
    decoder->jpeg.src = &decoder->source;
    decoder->progress.progress_monitor = on_progress;
    decoder->jpeg.progress = &decoder->progress;
    jpeg_save_markers(&decoder->jpeg, JPEG_APP0 + 1, 0xFFFF);
}

static void decode(Decoder *decoder, const uint8_t *bytes) {
    if (setjmp(decoder->escape)) {
        return;
    }
    start(decoder, bytes);
    jpeg_read_header(&decoder->jpeg, TRUE);
    check_size(decoder);
    choose_colours(decoder);
    copy_exif(decoder);
    jpeg_start_decompress(&decoder->jpeg);
    read_rows(decoder);
    jpeg_finish_decompress(&decoder->jpeg);
}

CImagesStatus cimages_jpeg_decode(
    const uint8_t *bytes, size_t byte_count, CImagesLimits limits, CImagesJPEG *result, CImagesMessage *message) {
    memset(result, 0, sizeof *result);
    message->text[0] = 0;
    if (byte_count < 3 || bytes[0] != 0xFF || bytes[1] != 0xD8 || bytes[2] != 0xFF) {
        snprintf(message->text, CImagesMessageCapacity, "not a JPEG file");
        return CImagesStatusWrongFormat;
    }
    Decoder decoder = {.byte_count = byte_count, .limits = limits, .result = result, .message = message};
    decode(&decoder, bytes);
    jpeg_destroy_decompress(&decoder.jpeg);
    free(decoder.row);
    return decoder.status;
}

void cimages_jpeg_release(CImagesJPEG *result) {
    free(result->pixels);
    free(result->exif);
    memset(result, 0, sizeof *result);
}
