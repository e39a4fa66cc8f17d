#include "vulkan_functions.h"

#include <stdlib.h>
#include <string.h>

uint32_t cvk_compute_family(const cvk_instance *instance, VkPhysicalDevice device, bool *has_timestamps) {
    uint32_t count = 0, best = UINT32_MAX;
    instance->GetPhysicalDeviceQueueFamilyProperties(device, &count, NULL);
    VkQueueFamilyProperties *families = calloc(count ? count : 1, sizeof *families);
    if (!families) return best;
    instance->GetPhysicalDeviceQueueFamilyProperties(device, &count, families);
    for (uint32_t i = 0; i < count; i++) {
        if (!(families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)) continue;
        const bool computes_only = !(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT);
        if (best == UINT32_MAX || (computes_only && families[best].queueFlags & VK_QUEUE_GRAPHICS_BIT)) best = i;
    }
    if (has_timestamps) *has_timestamps = best != UINT32_MAX && families[best].timestampValidBits > 0;
    free(families);
    return best;
}

static cvk_device_kind kind_of(VkPhysicalDeviceType type) {
    switch (type) {
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return cvk_integrated;
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return cvk_discrete;
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return cvk_virtual;
        case VK_PHYSICAL_DEVICE_TYPE_CPU: return cvk_processor;
        default: return cvk_other;
    }
}

static void take_memory(const cvk_instance *instance, VkPhysicalDevice device, cvk_device_facts *facts) {
    VkPhysicalDeviceMemoryProperties memory;
    instance->GetPhysicalDeviceMemoryProperties(device, &memory);
    uint32_t largest = UINT32_MAX;
    for (uint32_t i = 0; i < memory.memoryHeapCount; i++) {
        if (!(memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)) continue;
        if (memory.memoryHeaps[i].size <= facts->memory_bytes) continue;
        facts->memory_bytes = memory.memoryHeaps[i].size;
        largest = i;
    }
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    for (uint32_t i = 0; i < memory.memoryTypeCount; i++)
        facts->has_unified_memory |=
            memory.memoryTypes[i].heapIndex == largest && (memory.memoryTypes[i].propertyFlags & wanted) == wanted;
}

static void take_limits(const VkPhysicalDeviceLimits *limits, cvk_device_facts *facts) {
    const uint32_t *groups = limits->maxComputeWorkGroupCount;
    facts->workgroup_limit = groups[0] < groups[1] ? groups[0] : groups[1];
    facts->workgroup_size_limit = limits->maxComputeWorkGroupInvocations;
    if (limits->maxComputeWorkGroupSize[0] < facts->workgroup_size_limit)
        facts->workgroup_size_limit = limits->maxComputeWorkGroupSize[0];
    facts->shared_memory_bytes = limits->maxComputeSharedMemorySize;
    facts->storage_buffer_count = limits->maxPerStageDescriptorStorageBuffers;
    facts->storage_buffer_bytes = limits->maxStorageBufferRange;
    facts->storage_alignment = limits->minStorageBufferOffsetAlignment;
    facts->texel_limit = limits->maxTexelBufferElements;
}

void cvk_instance_device_facts(const cvk_instance *instance, uint32_t index, cvk_device_facts *facts) {
    const VkPhysicalDevice device = instance->devices[index];
    VkPhysicalDeviceProperties basic;
    instance->GetPhysicalDeviceProperties(device, &basic);
    memset(facts, 0, sizeof *facts);
    memcpy(facts->name, basic.deviceName, sizeof facts->name);
    facts->kind = kind_of(basic.deviceType);
    facts->vendor_id = basic.vendorID;
    facts->device_id = basic.deviceID;
    facts->driver_version = basic.driverVersion;
    facts->api_version = VK_API_VERSION_MAJOR(basic.apiVersion) * 1000 + VK_API_VERSION_MINOR(basic.apiVersion);
    memcpy(facts->cache_id, basic.pipelineCacheUUID, sizeof facts->cache_id);
    take_limits(&basic.limits, facts);
    take_memory(instance, device, facts);
    bool has_timestamps = false;
    facts->has_compute_queue = cvk_compute_family(instance, device, &has_timestamps) != UINT32_MAX;
    facts->timestamp_period = has_timestamps ? basic.limits.timestampPeriod : 0;
    if (basic.apiVersion < VK_API_VERSION_1_2) return;

    VkPhysicalDeviceMaintenance3Properties allocation = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES};
    VkPhysicalDeviceSubgroupProperties subgroups = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, .pNext = &allocation};
    VkPhysicalDeviceDriverProperties driver = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, .pNext = &subgroups};
    VkPhysicalDeviceProperties2 all = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &driver};
    instance->GetPhysicalDeviceProperties2(device, &all);
    memcpy(facts->driver_name, driver.driverName, sizeof facts->driver_name);
    memcpy(facts->driver_details, driver.driverInfo, sizeof facts->driver_details);
    facts->driver_id = (uint32_t)driver.driverID;
    facts->subgroup_size = subgroups.subgroupSize;
    facts->has_subgroup_shuffle = (subgroups.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) &&
                                  (subgroups.supportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
    facts->allocation_limit = allocation.maxMemoryAllocationSize;

    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES};
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &timeline};
    instance->GetPhysicalDeviceFeatures2(device, &features);
    facts->has_timeline_semaphore = timeline.timelineSemaphore;
    cvk_take_matrices(instance, device, facts);
}
