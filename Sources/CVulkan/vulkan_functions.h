// The Vulkan functions that this layer uses, as tables filled at run time.
#ifndef VULKAN_FUNCTIONS_H
#define VULKAN_FUNCTIONS_H

#define VK_NO_PROTOTYPES
#define VK_ENABLE_BETA_EXTENSIONS
#include <vulkan/vulkan.h>

#include "CVulkan.h"

#define CVK_GLOBAL_FUNCTIONS(DO)                                                                                                  \
    DO(CreateInstance)                                                                                                            \
    DO(EnumerateInstanceVersion)                                                                                                  \
    DO(EnumerateInstanceExtensionProperties)                                                                                      \
    DO(EnumerateInstanceLayerProperties)

#define CVK_INSTANCE_FUNCTIONS(DO)                                                                                                \
    DO(DestroyInstance)                                                                                                           \
    DO(EnumeratePhysicalDevices)                                                                                                  \
    DO(GetPhysicalDeviceProperties)                                                                                               \
    DO(GetPhysicalDeviceProperties2)                                                                                              \
    DO(GetPhysicalDeviceFeatures2)                                                                                                \
    DO(GetPhysicalDeviceMemoryProperties)                                                                                         \
    DO(GetPhysicalDeviceQueueFamilyProperties)                                                                                    \
    DO(EnumerateDeviceExtensionProperties)                                                                                        \
    DO(CreateDevice)                                                                                                              \
    DO(GetDeviceProcAddr)

#define CVK_DEVICE_FUNCTIONS(DO)                                                                                                  \
    DO(DestroyDevice)                                                                                                             \
    DO(GetDeviceQueue)                                                                                                            \
    DO(DeviceWaitIdle)                                                                                                            \
    DO(CreateSemaphore)                                                                                                           \
    DO(DestroySemaphore)                                                                                                          \
    DO(GetSemaphoreCounterValue)                                                                                                  \
    DO(WaitSemaphores)                                                                                                            \
    DO(QueueSubmit)                                                                                                               \
    DO(CreateBuffer)                                                                                                              \
    DO(DestroyBuffer)                                                                                                             \
    DO(GetBufferMemoryRequirements)                                                                                               \
    DO(AllocateMemory)                                                                                                            \
    DO(FreeMemory)                                                                                                                \
    DO(BindBufferMemory)                                                                                                          \
    DO(MapMemory)                                                                                                                 \
    DO(CreateBufferView)                                                                                                          \
    DO(DestroyBufferView)                                                                                                         \
    DO(CreateDescriptorSetLayout)                                                                                                 \
    DO(DestroyDescriptorSetLayout)                                                                                                \
    DO(CreatePipelineLayout)                                                                                                      \
    DO(DestroyPipelineLayout)                                                                                                     \
    DO(CreateDescriptorPool)                                                                                                      \
    DO(DestroyDescriptorPool)                                                                                                     \
    DO(AllocateDescriptorSets)                                                                                                    \
    DO(UpdateDescriptorSets)                                                                                                      \
    DO(CreatePipelineCache)                                                                                                       \
    DO(DestroyPipelineCache)                                                                                                      \
    DO(GetPipelineCacheData)                                                                                                      \
    DO(CreateShaderModule)                                                                                                        \
    DO(DestroyShaderModule)                                                                                                       \
    DO(CreateComputePipelines)                                                                                                    \
    DO(DestroyPipeline)                                                                                                           \
    DO(CreateCommandPool)                                                                                                         \
    DO(DestroyCommandPool)                                                                                                        \
    DO(ResetCommandPool)                                                                                                          \
    DO(AllocateCommandBuffers)                                                                                                    \
    DO(BeginCommandBuffer)                                                                                                        \
    DO(EndCommandBuffer)                                                                                                          \
    DO(CmdBindPipeline)                                                                                                           \
    DO(CmdBindDescriptorSets)                                                                                                     \
    DO(CmdPushConstants)                                                                                                          \
    DO(CmdDispatchBase)                                                                                                           \
    DO(CmdPipelineBarrier)                                                                                                        \
    DO(CmdCopyBuffer)                                                                                                             \
    DO(CmdResetQueryPool)                                                                                                         \
    DO(CmdWriteTimestamp)                                                                                                         \
    DO(CreateQueryPool)                                                                                                           \
    DO(DestroyQueryPool)                                                                                                          \
    DO(GetQueryPoolResults)

#define CVK_MEMBER(NAME) PFN_vk##NAME NAME;

/// The library's entry points, valid after `cvk_load` succeeded.
typedef struct {
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
    CVK_GLOBAL_FUNCTIONS(CVK_MEMBER)
} cvk_library;

extern cvk_library cvk_vulkan;

struct cvk_instance {
    VkInstance handle;
    VkDebugUtilsMessengerEXT messenger;
    VkPhysicalDevice *devices;
    uint32_t device_count;
    struct cvk_messages *messages;
    CVK_INSTANCE_FUNCTIONS(CVK_MEMBER)
};

struct cvk_device {
    VkDevice handle;
    VkPhysicalDevice physical;
    VkPhysicalDeviceMemoryProperties memory;
    VkQueue queue;
    uint32_t queue_family;
    bool uses_texels;
    VkSemaphore timeline;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout pipeline_layout;
    VkPipelineCache cache;
    VkDescriptorPool *pools;
    size_t pool_count;
    VkPipeline *pipelines;
    size_t pipeline_count;
    CVK_DEVICE_FUNCTIONS(CVK_MEMBER)
};

/// The family with a compute queue, preferring one without graphics; UINT32_MAX if there is none.
uint32_t cvk_compute_family(const struct cvk_instance *instance, VkPhysicalDevice device, bool *has_timestamps);

bool cvk_has_extension(const struct cvk_instance *instance, VkPhysicalDevice device, const char *name);

/// What a device with Vulkan 1.2 or newer can do with cooperative matrices; its kind, vendor and driver are known already.
void cvk_take_matrices(const struct cvk_instance *instance, VkPhysicalDevice device, cvk_device_facts *facts);

/// Layouts of descriptor sets and pipelines, as `cvk_pipeline.h` describes them.
VkResult cvk_layouts_create(struct cvk_device *device);

// Handles of objects are pointers or 64-bit numbers, depending on the platform.
#define CVK_NUMBER(HANDLE) ((uint64_t)(uintptr_t)(HANDLE))
#define CVK_HANDLE(TYPE, NUMBER) ((TYPE)(uintptr_t)(NUMBER))

#endif
