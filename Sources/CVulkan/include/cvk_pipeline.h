// Compute pipelines and the sets of blocks that they read and write.
//
// All kernels share one layout: operand slot s is the storage buffer at binding s; on devices with texels also the RGBA32F view
// at binding 8 + s and the R32F view at binding 16 + s. Push constants: 128 bytes.
#ifndef CVK_PIPELINE_H
#define CVK_PIPELINE_H

#include "cvk_memory.h"

enum { cvk_slot_count = 8, cvk_push_bytes = 128 };

/// @param constants values of the specialisation constants 0, 1, 2, …
int32_t cvk_pipeline_create(cvk_device *device, const uint32_t *words, size_t byte_count, const uint32_t *constants,
                            size_t constant_count, uint64_t *pipeline);

/// What a kernel sees in a slot.
typedef struct {
    const cvk_block *block;
    /// The bytes of the storage buffer; a size of 0 stands for the whole block. Texel views are always of whole blocks.
    uint64_t offset, size;
} cvk_binding;

/// A descriptor set with `bindings[s]` in slot s. It lives until `cvk_sets_destroy`.
int32_t cvk_set_create(cvk_device *device, const cvk_binding *bindings, size_t count, uint64_t *set);
/// Destroys all sets; the queue must be done with them.
void cvk_sets_destroy(cvk_device *device);

/// Starts the device's pipeline cache with bytes of an earlier run (ignored by the driver if they do not fit).
int32_t cvk_cache_create(cvk_device *device, const void *bytes, size_t byte_count);
/// The cache's contents: pass NULL to learn the size.
int32_t cvk_cache_contents(cvk_device *device, void *bytes, size_t *byte_count);

/// Reads a whole file of at most `capacity` bytes; returns its size, or −1.
ptrdiff_t cvk_file_read(const char *path, void *bytes, size_t capacity);
/// Replaces a file in one step, creating missing folders; false if the system refuses.
bool cvk_file_replace(const char *path, const void *bytes, size_t byte_count);

#endif
