#include "vulkan_functions.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *const validation_layer = "VK_LAYER_KHRONOS_validation";

struct cvk_messages {
    pthread_mutex_t lock;
    uint64_t count;
    char first[2048];
};

static VKAPI_ATTR VkBool32 VKAPI_CALL take_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                   VkDebugUtilsMessageTypeFlagsEXT types,
                                                   const VkDebugUtilsMessengerCallbackDataEXT *data, void *context) {
    (void)severity, (void)types;
    struct cvk_messages *messages = context;
    pthread_mutex_lock(&messages->lock);
    if (messages->count++ == 0) strncpy(messages->first, data->pMessage ? data->pMessage : "", sizeof messages->first - 1);
    pthread_mutex_unlock(&messages->lock);
    return VK_FALSE;
}

static bool has_extension(const char *layer, const char *name) {
    uint32_t count = 0;
    if (cvk_vulkan.EnumerateInstanceExtensionProperties(layer, &count, NULL) < 0 || count == 0) return false;
    VkExtensionProperties *found = calloc(count, sizeof *found);
    bool result = false;
    if (found && cvk_vulkan.EnumerateInstanceExtensionProperties(layer, &count, found) >= 0)
        for (uint32_t i = 0; i < count; i++) result |= strcmp(found[i].extensionName, name) == 0;
    free(found);
    return result;
}

static bool has_layer(const char *name) {
    uint32_t count = 0;
    if (cvk_vulkan.EnumerateInstanceLayerProperties(&count, NULL) < 0 || count == 0) return false;
    VkLayerProperties *found = calloc(count, sizeof *found);
    bool result = false;
    if (found && cvk_vulkan.EnumerateInstanceLayerProperties(&count, found) >= 0)
        for (uint32_t i = 0; i < count; i++) result |= strcmp(found[i].layerName, name) == 0;
    free(found);
    return result;
}

static VkDebugUtilsMessengerCreateInfoEXT messenger_description(struct cvk_messages *messages) {
    return (VkDebugUtilsMessengerCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
        .pfnUserCallback = take_message,
        .pUserData = messages};
}

static VkResult create_handle(cvk_instance *instance, bool validates) {
    const char *extensions[2], *layers[1];
    uint32_t extension_count = 0, layer_count = 0;
    VkInstanceCreateFlags flags = 0;
    if (has_extension(NULL, VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) {
        extensions[extension_count++] = VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME;
        flags |= VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
    }
    if (validates) {
        layers[layer_count++] = validation_layer;
        extensions[extension_count++] = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
    }
    uint32_t version = VK_API_VERSION_1_0;
    cvk_vulkan.EnumerateInstanceVersion(&version);
    const VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "swiffuse",
        .apiVersion = version < VK_API_VERSION_1_2 ? VK_API_VERSION_1_1 : VK_API_VERSION_1_2};
    const VkDebugUtilsMessengerCreateInfoEXT messenger = messenger_description(instance->messages);
    const VkInstanceCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = validates ? &messenger : NULL,
        .flags = flags,
        .pApplicationInfo = &application,
        .enabledLayerCount = layer_count,
        .ppEnabledLayerNames = layers,
        .enabledExtensionCount = extension_count,
        .ppEnabledExtensionNames = extensions};
    const VkResult result = cvk_vulkan.CreateInstance(&description, NULL, &instance->handle);
    if (result < 0) return result;
#define LOAD(NAME) instance->NAME = (PFN_vk##NAME)cvk_vulkan.GetInstanceProcAddr(instance->handle, "vk" #NAME);
    CVK_INSTANCE_FUNCTIONS(LOAD)
#undef LOAD
    if (!validates) return VK_SUCCESS;
    const PFN_vkCreateDebugUtilsMessengerEXT create = (PFN_vkCreateDebugUtilsMessengerEXT)cvk_vulkan.GetInstanceProcAddr(
        instance->handle, "vkCreateDebugUtilsMessengerEXT");
    return create ? create(instance->handle, &messenger, NULL, &instance->messenger) : VK_ERROR_EXTENSION_NOT_PRESENT;
}

static VkResult find_devices(cvk_instance *instance) {
    VkResult result = instance->EnumeratePhysicalDevices(instance->handle, &instance->device_count, NULL);
    if (result < 0 || instance->device_count == 0) return result;
    instance->devices = calloc(instance->device_count, sizeof *instance->devices);
    if (!instance->devices) return VK_ERROR_OUT_OF_HOST_MEMORY;
    result = instance->EnumeratePhysicalDevices(instance->handle, &instance->device_count, instance->devices);
    return result < 0 ? result : VK_SUCCESS;
}

int32_t cvk_instance_create(bool validates, cvk_instance **result) {
    *result = NULL;
    if (validates && !has_layer(validation_layer)) return cvk_no_validation_layer;
    cvk_instance *instance = calloc(1, sizeof *instance);
    if (!instance) return VK_ERROR_OUT_OF_HOST_MEMORY;
    instance->messages = calloc(1, sizeof *instance->messages);
    if (!instance->messages) {
        free(instance);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    pthread_mutex_init(&instance->messages->lock, NULL);
    VkResult status = create_handle(instance, validates);
    if (status >= 0) status = find_devices(instance);
    if (status < 0) {
        cvk_instance_destroy(instance);
        return status;
    }
    *result = instance;
    return VK_SUCCESS;
}

void cvk_instance_destroy(cvk_instance *instance) {
    if (!instance) return;
    if (instance->messenger) {
        const PFN_vkDestroyDebugUtilsMessengerEXT destroy = (PFN_vkDestroyDebugUtilsMessengerEXT)cvk_vulkan.GetInstanceProcAddr(
            instance->handle, "vkDestroyDebugUtilsMessengerEXT");
        if (destroy) destroy(instance->handle, instance->messenger, NULL);
    }
    if (instance->handle) instance->DestroyInstance(instance->handle, NULL);
    pthread_mutex_destroy(&instance->messages->lock);
    free(instance->messages);
    free(instance->devices);
    free(instance);
}

uint64_t cvk_instance_message_count(const cvk_instance *instance) {
    pthread_mutex_lock(&instance->messages->lock);
    const uint64_t count = instance->messages->count;
    pthread_mutex_unlock(&instance->messages->lock);
    return count;
}

void cvk_instance_first_message(cvk_instance *instance, char *text, size_t capacity) {
    if (capacity == 0) return;
    pthread_mutex_lock(&instance->messages->lock);
    strncpy(text, instance->messages->first, capacity - 1);
    pthread_mutex_unlock(&instance->messages->lock);
    text[capacity - 1] = 0;
}

uint32_t cvk_instance_device_count(const cvk_instance *instance) { return instance->device_count; }
