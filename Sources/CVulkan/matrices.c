#include "cooperative_matrix.h"

#include <stdlib.h>

static bool is_useful(const VkCooperativeMatrixPropertiesKHR *product) {
    return product->AType == VK_COMPONENT_TYPE_FLOAT16_KHR && product->BType == VK_COMPONENT_TYPE_FLOAT16_KHR &&
           product->CType == VK_COMPONENT_TYPE_FLOAT32_KHR && product->ResultType == VK_COMPONENT_TYPE_FLOAT32_KHR &&
           product->scope == VK_SCOPE_SUBGROUP_KHR;
}

/// AMD's own drivers crash for integrated GPUs in the call that lists the products, with every sign of support before it:
/// GPUOpen-Drivers/AMDVLK issue 422, from which ggml took the same way out. Mesa's driver for the same GPUs does not.
static bool has_fault(const cvk_device_facts *facts) {
    const bool is_amds_driver =
        facts->driver_id == VK_DRIVER_ID_AMD_PROPRIETARY || facts->driver_id == VK_DRIVER_ID_AMD_OPEN_SOURCE;
    return is_amds_driver && facts->kind == cvk_integrated;
}

static void take_products(const cvk_instance *instance, VkPhysicalDevice device, cvk_device_facts *facts) {
    const PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR list =
        (PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR)cvk_vulkan.GetInstanceProcAddr(
            instance->handle, "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR");
    uint32_t count = 0;
    if (!list || list(device, &count, NULL) < 0 || count == 0) return;
    VkCooperativeMatrixPropertiesKHR *found = calloc(count, sizeof *found);
    if (!found) return;
    for (uint32_t i = 0; i < count; i++) found[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
    if (list(device, &count, found) < 0) count = 0;
    for (uint32_t i = 0; i < count && facts->matrix_product_count < cvk_matrix_product_capacity; i++)
        if (is_useful(&found[i]))
            facts->matrix_products[facts->matrix_product_count++] =
                (cvk_matrix_product){.rows = found[i].MSize, .columns = found[i].NSize, .depth = found[i].KSize};
    free(found);
}

void cvk_take_matrices(const cvk_instance *instance, VkPhysicalDevice device, cvk_device_facts *facts) {
    facts->has_matrix_extension = cvk_has_extension(instance, device, VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME);
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR};
    VkPhysicalDeviceVulkan12Features core = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &core};
    // Structures of extensions that a driver does not have are not for its eyes.
    if (facts->has_matrix_extension) core.pNext = &matrices;
    instance->GetPhysicalDeviceFeatures2(device, &features);
    facts->has_float16 = core.shaderFloat16;
    facts->has_memory_model = core.vulkanMemoryModel;
    if (!matrices.cooperativeMatrix) return;
    VkPhysicalDeviceCooperativeMatrixPropertiesKHR stages = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_PROPERTIES_KHR};
    VkPhysicalDeviceProperties2 properties = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &stages};
    instance->GetPhysicalDeviceProperties2(device, &properties);
    facts->has_matrix_feature = (stages.cooperativeMatrixSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
    if (!facts->has_matrix_feature) return;
    facts->has_matrix_fault = has_fault(facts);
    if (!facts->has_matrix_fault) take_products(instance, device, facts);
}
