#include "vulkan_functions.h"

/// The first allowed memory type that has the properties; UINT32_MAX if none has.
static uint32_t type_with(const cvk_device *device, uint32_t allowed, VkMemoryPropertyFlags properties) {
    for (uint32_t i = 0; i < device->memory.memoryTypeCount; i++)
        if ((allowed >> i & 1) && (device->memory.memoryTypes[i].propertyFlags & properties) == properties) return i;
    return UINT32_MAX;
}

static uint32_t choose_type(const cvk_device *device, uint32_t allowed, cvk_memory_kind kind) {
    const VkMemoryPropertyFlags local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, cached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
                                visible = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    // Best first. Visible but uncached device memory would make every read-back crawl: there, staging is better.
    const VkMemoryPropertyFlags for_device[] = {local | visible | cached, local, visible, 0};
    const VkMemoryPropertyFlags for_host[] = {visible | cached, visible};
    const bool is_host = kind == cvk_host_memory;
    const size_t count = is_host ? sizeof for_host / sizeof for_host[0] : sizeof for_device / sizeof for_device[0];
    for (size_t i = 0; i < count; i++) {
        const uint32_t type = type_with(device, allowed, is_host ? for_host[i] : for_device[i]);
        if (type != UINT32_MAX) return type;
    }
    return UINT32_MAX;
}

static VkResult allocate(cvk_device *device, cvk_memory_kind kind, cvk_block *block) {
    const VkBuffer buffer = CVK_HANDLE(VkBuffer, block->buffer);
    VkMemoryRequirements needs;
    device->GetBufferMemoryRequirements(device->handle, buffer, &needs);
    const uint32_t type = choose_type(device, needs.memoryTypeBits, kind);
    if (type == UINT32_MAX) return VK_ERROR_FEATURE_NOT_PRESENT;
    const VkMemoryAllocateInfo description = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .allocationSize = needs.size, .memoryTypeIndex = type};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkResult result = device->AllocateMemory(device->handle, &description, NULL, &memory);
    if (result < 0) return result;
    block->memory = CVK_NUMBER(memory);
    result = device->BindBufferMemory(device->handle, buffer, memory, 0);
    const VkMemoryPropertyFlags mapped = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    if (result >= 0 && (device->memory.memoryTypes[type].propertyFlags & mapped) == mapped)
        result = device->MapMemory(device->handle, memory, 0, VK_WHOLE_SIZE, 0, &block->bytes);
    return result;
}

static VkResult create_view(cvk_device *device, uint64_t buffer, VkFormat format, uint64_t *view) {
    const VkBufferViewCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
        .buffer = CVK_HANDLE(VkBuffer, buffer),
        .format = format,
        .range = VK_WHOLE_SIZE};
    VkBufferView handle = VK_NULL_HANDLE;
    const VkResult result = device->CreateBufferView(device->handle, &description, NULL, &handle);
    *view = CVK_NUMBER(handle);
    return result;
}

static VkResult fill_block(cvk_device *device, cvk_memory_kind kind, bool has_views, cvk_block *block) {
    VkBufferUsageFlags usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    if (kind == cvk_device_memory) usage |= VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    if (has_views) usage |= VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT;
    const VkBufferCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = block->size,
        .usage = usage,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    VkBuffer buffer = VK_NULL_HANDLE;
    VkResult result = device->CreateBuffer(device->handle, &description, NULL, &buffer);
    if (result < 0) return result;
    block->buffer = CVK_NUMBER(buffer);
    result = allocate(device, kind, block);
    if (result >= 0 && has_views) result = create_view(device, block->buffer, VK_FORMAT_R32G32B32A32_SFLOAT, &block->vectors);
    if (result >= 0 && has_views) result = create_view(device, block->buffer, VK_FORMAT_R32_SFLOAT, &block->scalars);
    return result;
}

int32_t cvk_block_create(cvk_device *device, uint64_t size, cvk_memory_kind kind, bool has_views, cvk_block *block) {
    *block = (cvk_block){.size = size};
    const VkResult result = fill_block(device, kind, has_views, block);
    if (result < 0) cvk_block_destroy(device, block);
    return result;
}

void cvk_block_destroy(cvk_device *device, cvk_block *block) {
    device->DestroyBufferView(device->handle, CVK_HANDLE(VkBufferView, block->vectors), NULL);
    device->DestroyBufferView(device->handle, CVK_HANDLE(VkBufferView, block->scalars), NULL);
    device->DestroyBuffer(device->handle, CVK_HANDLE(VkBuffer, block->buffer), NULL);
    device->FreeMemory(device->handle, CVK_HANDLE(VkDeviceMemory, block->memory), NULL);
    *block = (cvk_block){0};
}
