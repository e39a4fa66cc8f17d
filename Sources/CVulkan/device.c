#include "cooperative_matrix.h"
#include "vulkan_functions.h"

#include <stdlib.h>
#include <string.h>

bool cvk_has_extension(const cvk_instance *instance, VkPhysicalDevice device, const char *name) {
    uint32_t count = 0;
    if (instance->EnumerateDeviceExtensionProperties(device, NULL, &count, NULL) < 0 || count == 0) return false;
    VkExtensionProperties *found = calloc(count, sizeof *found);
    bool result = false;
    if (found && instance->EnumerateDeviceExtensionProperties(device, NULL, &count, found) >= 0)
        for (uint32_t i = 0; i < count; i++) result |= strcmp(found[i].extensionName, name) == 0;
    free(found);
    return result;
}

static VkResult create_handle(const cvk_instance *instance, bool uses_matrices, cvk_device *device) {
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = device->queue_family,
        .queueCount = 1,
        .pQueuePriorities = &priority};
    const char *extensions[2];
    uint32_t extension_count = 0;
    // A portable driver insists that its users know what it is.
    if (cvk_has_extension(instance, device->physical, VK_KHR_PORTABILITY_SUBSET_EXTENSION_NAME))
        extensions[extension_count++] = VK_KHR_PORTABILITY_SUBSET_EXTENSION_NAME;
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR, .cooperativeMatrix = VK_TRUE};
    VkPhysicalDeviceVulkan12Features features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .timelineSemaphore = VK_TRUE};
    if (uses_matrices) {
        extensions[extension_count++] = VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
        features.pNext = &matrices;
        features.shaderFloat16 = VK_TRUE;
        features.vulkanMemoryModel = VK_TRUE;
    }
    const VkDeviceCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = &features,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queue,
        .enabledExtensionCount = extension_count,
        .ppEnabledExtensionNames = extensions};
    const VkResult result = instance->CreateDevice(device->physical, &description, NULL, &device->handle);
    if (result < 0) return result;
#define LOAD(NAME) device->NAME = (PFN_vk##NAME)instance->GetDeviceProcAddr(device->handle, "vk" #NAME);
    CVK_DEVICE_FUNCTIONS(LOAD)
#undef LOAD
    device->GetDeviceQueue(device->handle, device->queue_family, 0, &device->queue);
    return VK_SUCCESS;
}

static VkResult create_timeline(cvk_device *device) {
    const VkSemaphoreTypeCreateInfo type = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO, .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    const VkSemaphoreCreateInfo description = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type};
    return device->CreateSemaphore(device->handle, &description, NULL, &device->timeline);
}

int32_t cvk_device_create(cvk_instance *instance, uint32_t index, bool uses_texels, bool uses_matrices, cvk_device **result) {
    *result = NULL;
    cvk_device *device = calloc(1, sizeof *device);
    if (!device) return VK_ERROR_OUT_OF_HOST_MEMORY;
    device->physical = instance->devices[index];
    device->uses_texels = uses_texels;
    device->queue_family = cvk_compute_family(instance, device->physical, NULL);
    instance->GetPhysicalDeviceMemoryProperties(device->physical, &device->memory);
    VkResult status = create_handle(instance, uses_matrices, device);
    if (status < 0) {
        free(device);
        return status;
    }
    status = create_timeline(device);
    if (status >= 0) status = cvk_layouts_create(device);
    if (status < 0) {
        cvk_device_destroy(device);
        return status;
    }
    *result = device;
    return VK_SUCCESS;
}

void cvk_device_destroy(cvk_device *device) {
    if (!device) return;
    const VkDevice handle = device->handle;
    device->DeviceWaitIdle(handle);
    cvk_sets_destroy(device);
    for (size_t i = 0; i < device->pipeline_count; i++) device->DestroyPipeline(handle, device->pipelines[i], NULL);
    device->DestroyPipelineCache(handle, device->cache, NULL);
    device->DestroyPipelineLayout(handle, device->pipeline_layout, NULL);
    device->DestroyDescriptorSetLayout(handle, device->set_layout, NULL);
    device->DestroySemaphore(handle, device->timeline, NULL);
    device->DestroyDevice(handle, NULL);
    free(device->pipelines);
    free(device);
}

int32_t cvk_device_completed(cvk_device *device, uint64_t *value) {
    return device->GetSemaphoreCounterValue(device->handle, device->timeline, value);
}

int32_t cvk_device_wait(cvk_device *device, uint64_t value, uint64_t timeout) {
    const VkSemaphoreWaitInfo wait = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, .semaphoreCount = 1, .pSemaphores = &device->timeline, .pValues = &value};
    return device->WaitSemaphores(device->handle, &wait, timeout);
}
