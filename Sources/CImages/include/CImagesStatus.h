#pragma once

#include <stddef.h>
#include <stdint.h>

/// How a codec call ended.
typedef enum CImagesStatus {
    CImagesStatusSuccess = 0,
    /// The bytes do not start like a file of this format.
    CImagesStatusWrongFormat,
    /// The picture is larger than the caller's limits; width and height of the result are filled in.
    CImagesStatusTooLarge,
    /// The file is damaged or cut short; the message says where.
    CImagesStatusCorrupt,
    CImagesStatusOutOfMemory,
} CImagesStatus;

enum { CImagesMessageCapacity = 200 };

/// Why a call failed, as a C string; empty on success.
typedef struct CImagesMessage {
    char text[CImagesMessageCapacity];
} CImagesMessage;

/// What a decoder may produce from an untrusted file.
typedef struct CImagesLimits {
    uint32_t maximum_side;       // pixels
    size_t maximum_byte_count;   // bytes of decoded pixels
} CImagesLimits;
