// Blocks of device memory: one allocation, one buffer over all of it.
#ifndef CVK_MEMORY_H
#define CVK_MEMORY_H

#include "cvk_device.h"

typedef struct {
    uint64_t memory;
    uint64_t buffer;
    /// Views of the whole block as RGBA32F and as R32F texels; 0 if kernels do not read through them.
    uint64_t vectors;
    uint64_t scalars;
    /// Where the host sees the block; NULL if it does not.
    void *bytes;
    uint64_t size;
} cvk_block;

typedef enum {
    /// For kernels: the device's own memory, mapped where the host can see it.
    cvk_device_memory,
    /// For copies between host and device: always mapped.
    cvk_host_memory
} cvk_memory_kind;

/// @param has_views whether kernels of a device with texels read the block.
int32_t cvk_block_create(cvk_device *device, uint64_t size, cvk_memory_kind kind, bool has_views, cvk_block *block);
/// The queue must be done with the block.
void cvk_block_destroy(cvk_device *device, cvk_block *block);

#endif
