#include "vulkan_functions.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

cvk_library cvk_vulkan;

static char failure[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const library_names[] = {"libvulkan.so.1", "libvulkan.so", "libvulkan.1.dylib", "libMoltenVK.dylib"};

static void load(void) {
    void *handle = NULL;
    for (size_t i = 0; !handle && i < sizeof library_names / sizeof library_names[0]; i++)
        handle = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(failure, sizeof failure,
                 "the Vulkan loader (libvulkan.so.1) is not installed. Install it and a driver: "
                 "apt-get install libvulkan1 mesa-vulkan-drivers, or your GPU's driver");
        return;
    }
    cvk_vulkan.GetInstanceProcAddr = (PFN_vkGetInstanceProcAddr)dlsym(handle, "vkGetInstanceProcAddr");
    if (cvk_vulkan.GetInstanceProcAddr) {
#define LOAD(NAME) cvk_vulkan.NAME = (PFN_vk##NAME)cvk_vulkan.GetInstanceProcAddr(NULL, "vk" #NAME);
        CVK_GLOBAL_FUNCTIONS(LOAD)
#undef LOAD
    }
    if (!cvk_vulkan.CreateInstance || !cvk_vulkan.EnumerateInstanceVersion)
        snprintf(failure, sizeof failure, "the installed Vulkan loader is older than Vulkan 1.1; update it (apt-get install libvulkan1)");
}

const char *cvk_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

#define CASE(NAME) case NAME: return #NAME;

const char *cvk_result_name(int32_t result) {
    switch ((VkResult)result) {
        CASE(VK_SUCCESS)
        CASE(VK_NOT_READY)
        CASE(VK_TIMEOUT)
        CASE(VK_INCOMPLETE)
        CASE(VK_ERROR_OUT_OF_HOST_MEMORY)
        CASE(VK_ERROR_OUT_OF_DEVICE_MEMORY)
        CASE(VK_ERROR_INITIALIZATION_FAILED)
        CASE(VK_ERROR_DEVICE_LOST)
        CASE(VK_ERROR_MEMORY_MAP_FAILED)
        CASE(VK_ERROR_LAYER_NOT_PRESENT)
        CASE(VK_ERROR_EXTENSION_NOT_PRESENT)
        CASE(VK_ERROR_FEATURE_NOT_PRESENT)
        CASE(VK_ERROR_INCOMPATIBLE_DRIVER)
        CASE(VK_ERROR_TOO_MANY_OBJECTS)
        CASE(VK_ERROR_FORMAT_NOT_SUPPORTED)
        CASE(VK_ERROR_FRAGMENTED_POOL)
        CASE(VK_ERROR_OUT_OF_POOL_MEMORY)
        CASE(VK_ERROR_UNKNOWN)
        default: return "an unknown Vulkan error";
    }
}
