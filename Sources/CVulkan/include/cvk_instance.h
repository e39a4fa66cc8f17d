// The Vulkan library and the devices that it finds.
#ifndef CVK_INSTANCE_H
#define CVK_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Opens the library at the first call (thread-safe). Returns NULL, or why it cannot be used and what to install.
const char *cvk_load(void);

/// The name of a VkResult, such as "VK_ERROR_DEVICE_LOST".
const char *cvk_result_name(int32_t result);

typedef struct cvk_instance cvk_instance;

/// What the library refuses beside its own result codes: `cvk_instance_create` with a validation layer that is not there.
enum { cvk_no_validation_layer = -1000000 };

/// @param validates whether the Khronos validation layer watches every call; its messages are counted.
int32_t cvk_instance_create(bool validates, cvk_instance **instance);
void cvk_instance_destroy(cvk_instance *instance);

/// Warnings and errors of the validation layer so far.
uint64_t cvk_instance_message_count(const cvk_instance *instance);
/// Copies the text of the first message, cut to the buffer; an empty text if there was none.
void cvk_instance_first_message(cvk_instance *instance, char *text, size_t capacity);

/// Number of physical devices, and their order, stay the same for the life of an instance.
uint32_t cvk_instance_device_count(const cvk_instance *instance);

typedef enum { cvk_other, cvk_integrated, cvk_discrete, cvk_virtual, cvk_processor } cvk_device_kind;

/// A product A B + C of cooperative matrices: rows × depth by depth × columns, A and B of 16-bit floats, C and the result of
/// 32-bit floats, each held by a subgroup.
typedef struct {
    uint32_t rows, columns, depth;
} cvk_matrix_product;

enum { cvk_matrix_product_capacity = 16 };

/// What a device says about itself.
typedef struct {
    char name[256];
    char driver_name[256];
    char driver_details[256];
    cvk_device_kind kind;
    uint32_t driver_id;
    uint32_t vendor_id;
    uint32_t device_id;
    uint32_t driver_version;
    /// Major · 1000 + minor.
    uint32_t api_version;
    uint32_t subgroup_size;
    bool has_subgroup_shuffle;
    bool has_timeline_semaphore;
    bool has_compute_queue;
    bool has_float16;
    bool has_memory_model;
    /// Whether there is VK_KHR_cooperative_matrix.
    bool has_matrix_extension;
    /// Whether its feature is there, in compute kernels.
    bool has_matrix_feature;
    /// Whether the driver is one that crashes when it is asked for its products; it was not asked.
    bool has_matrix_fault;
    /// Products that the device can do, of those that this library could use.
    uint32_t matrix_product_count;
    cvk_matrix_product matrix_products[cvk_matrix_product_capacity];
    /// Nanoseconds per tick of a timestamp; 0 without timestamps.
    float timestamp_period;
    uint32_t workgroup_limit;
    uint32_t workgroup_size_limit;
    uint32_t shared_memory_bytes;
    uint32_t storage_buffer_count;
    uint64_t storage_buffer_bytes;
    /// What the start of a bound range of bytes must be a multiple of.
    uint64_t storage_alignment;
    uint64_t texel_limit;
    uint64_t allocation_limit;
    /// Size of the largest heap of the device's own memory.
    uint64_t memory_bytes;
    /// Whether the host sees that memory directly.
    bool has_unified_memory;
    uint8_t cache_id[16];
} cvk_device_facts;

void cvk_instance_device_facts(const cvk_instance *instance, uint32_t index, cvk_device_facts *facts);

#endif
