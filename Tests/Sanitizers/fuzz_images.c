// Decodes damaged pictures with the C shims alone, to be built with the address and undefined-behaviour sanitizers.
//
// usage: fuzz_images ROUNDS FIXTURES.safetensors...      every tensor NAME.png or NAME.jpg holds the bytes of a file
#include "CImages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct File {
    const uint8_t *bytes;
    size_t count;
} File;

enum { maximum_file_count = 256, maximum_growth = 64 };

static File files[maximum_file_count];
static size_t file_count;
static char *fixtures[maximum_file_count];
static size_t fixture_count;
static uint64_t state = 1;

static uint64_t next_random(void) {
    state += 0x9E3779B97F4A7C15;
    uint64_t z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

/// Finds the pictures in a safetensors file: `"NAME.png":{... "data_offsets":[FIRST,END]}`.
static void collect(const char *path, const char *ending) {
    if (fixture_count == maximum_file_count) {
        return;
    }
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        perror(path);
        exit(2);
    }
    fseek(stream, 0, SEEK_END);
    size_t size = (size_t)ftell(stream);
    rewind(stream);
    char *contents = malloc(size + 1);
    if (contents == NULL || fread(contents, 1, size, stream) != size) {
        perror(path);
        exit(2);
    }
    fclose(stream);
    fixtures[fixture_count++] = contents;
    uint64_t header_size;
    memcpy(&header_size, contents, sizeof header_size);
    char *header = malloc(header_size + 1);
    memcpy(header, contents + 8, header_size);
    header[header_size] = 0;
    for (char *place = header; (place = strstr(place, ending)) != NULL && file_count < maximum_file_count; place++) {
        char *offsets = strstr(place, "\"data_offsets\":");
        size_t first, end;
        if (offsets != NULL && sscanf(strchr(offsets, '['), "[%zu,%zu]", &first, &end) == 2) {
            files[file_count++] = (File){(uint8_t *)contents + 8 + header_size + first, end - first};
        }
    }
    free(header);
}

/// Copies a file and changes, removes or repeats some of its bytes. An allocation of exactly the right size lets the
/// sanitizer see every read beyond it.
static uint8_t *damaged(File file, size_t *count) {
    uint8_t *bytes = malloc(file.count + maximum_growth);
    memcpy(bytes, file.bytes, file.count);
    *count = file.count;
    for (uint64_t edits = next_random() % 4 + 1; edits > 0 && *count > 8; edits--) {
        size_t place = next_random() % *count;
        switch (next_random() % 5) {
        case 0: bytes[place] = (uint8_t)next_random(); break;
        case 1: bytes[place] ^= (uint8_t)(1 << next_random() % 8); break;
        case 2:
            memmove(bytes + place, bytes + place + 1, *count - place - 1);
            *count -= 1;
            break;
        case 3:
            memmove(bytes + place + 1, bytes + place, *count - place);
            *count += 1;
            break;
        default:
            if (next_random() % 4 == 0) {
                *count = place + 1;
            }
        }
    }
    return realloc(bytes, *count);
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: fuzz_images ROUNDS FIXTURES.safetensors...\n");
        return 2;
    }
    for (int i = 2; i < count; i++) {
        collect(arguments[i], ".png\"");
        collect(arguments[i], ".jpg\"");
    }
    if (file_count == 0) {
        fprintf(stderr, "fuzz_images: the fixtures hold no pictures\n");
        return 2;
    }
    CImagesLimits limits = {.maximum_side = 1 << 15, .maximum_byte_count = (size_t)1 << 29};
    long rounds = atol(arguments[1]), read_count = 0;
    for (long round = 0; round < rounds; round++) {
        size_t byte_count;
        uint8_t *bytes = damaged(files[(size_t)round % file_count], &byte_count);
        CImagesMessage message;
        CImagesPNG png;
        CImagesJPEG jpeg;
        read_count += cimages_png_decode(bytes, byte_count, limits, CImagesDeepGreyHighByte, &png, &message) == CImagesStatusSuccess;
        cimages_png_release(&png);
        read_count += cimages_jpeg_decode(bytes, byte_count, limits, &jpeg, &message) == CImagesStatusSuccess;
        cimages_jpeg_release(&jpeg);
        free(bytes);
    }
    for (size_t i = 0; i < fixture_count; i++) {
        free(fixtures[i]);
    }
    printf("%ld damaged pictures made from %zu: %ld were readable all the same, no fault found\n", rounds, file_count,
           read_count);
    return 0;
}
