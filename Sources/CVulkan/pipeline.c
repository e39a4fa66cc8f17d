#include "vulkan_functions.h"

#include <stdlib.h>

enum { largest_constant_count = 16, sets_per_pool = 256 };

static const uint32_t first_binding[] = {0, 8, 16};
static const VkDescriptorType binding_types[] = {
    VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER};

/// Bindings per operand slot.
static uint32_t kinds_of(const cvk_device *device) { return device->uses_texels ? 3 : 1; }

VkResult cvk_layouts_create(cvk_device *device) {
    VkDescriptorSetLayoutBinding bindings[3 * cvk_slot_count];
    uint32_t count = 0;
    for (uint32_t kind = 0; kind < kinds_of(device); kind++)
        for (uint32_t slot = 0; slot < cvk_slot_count; slot++)
            bindings[count++] = (VkDescriptorSetLayoutBinding){
                .binding = first_binding[kind] + slot,
                .descriptorType = binding_types[kind],
                .descriptorCount = 1,
                .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo sets = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = count, .pBindings = bindings};
    const VkResult result = device->CreateDescriptorSetLayout(device->handle, &sets, NULL, &device->set_layout);
    if (result < 0) return result;
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = cvk_push_bytes};
    const VkPipelineLayoutCreateInfo pipelines = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &device->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push};
    return device->CreatePipelineLayout(device->handle, &pipelines, NULL, &device->pipeline_layout);
}

static VkResult compile(cvk_device *device, VkShaderModule module, const uint32_t *constants, size_t count, VkPipeline *pipeline) {
    VkSpecializationMapEntry entries[largest_constant_count];
    for (uint32_t i = 0; i < count; i++)
        entries[i] = (VkSpecializationMapEntry){.constantID = i, .offset = 4 * i, .size = 4};
    const VkSpecializationInfo special = {
        .mapEntryCount = (uint32_t)count, .pMapEntries = entries, .dataSize = 4 * count, .pData = constants};
    const VkComputePipelineCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .flags = VK_PIPELINE_CREATE_DISPATCH_BASE_BIT,
        .stage =
            {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
             .stage = VK_SHADER_STAGE_COMPUTE_BIT,
             .module = module,
             .pName = "main",
             .pSpecializationInfo = &special},
        .layout = device->pipeline_layout};
    return device->CreateComputePipelines(device->handle, device->cache, 1, &description, NULL, pipeline);
}

int32_t cvk_pipeline_create(cvk_device *device, const uint32_t *words, size_t byte_count, const uint32_t *constants,
                            size_t constant_count, uint64_t *pipeline) {
    if (constant_count > largest_constant_count) return VK_ERROR_INITIALIZATION_FAILED;
    VkPipeline *grown = realloc(device->pipelines, (device->pipeline_count + 1) * sizeof *grown);
    if (!grown) return VK_ERROR_OUT_OF_HOST_MEMORY;
    device->pipelines = grown;
    const VkShaderModuleCreateInfo code = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = byte_count, .pCode = words};
    VkShaderModule module = VK_NULL_HANDLE;
    VkResult result = device->CreateShaderModule(device->handle, &code, NULL, &module);
    if (result < 0) return result;
    VkPipeline created = VK_NULL_HANDLE;
    result = compile(device, module, constants, constant_count, &created);
    device->DestroyShaderModule(device->handle, module, NULL);
    // Some drivers report success and give nothing.
    if (result >= 0 && created == VK_NULL_HANDLE) result = VK_ERROR_UNKNOWN;
    if (result < 0) return result;
    device->pipelines[device->pipeline_count++] = created;
    *pipeline = CVK_NUMBER(created);
    return VK_SUCCESS;
}

static VkResult add_pool(cvk_device *device) {
    VkDescriptorPool *grown = realloc(device->pools, (device->pool_count + 1) * sizeof *grown);
    if (!grown) return VK_ERROR_OUT_OF_HOST_MEMORY;
    device->pools = grown;
    const VkDescriptorPoolSize sizes[] = {
        {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, sets_per_pool * cvk_slot_count},
        {VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, 2 * sets_per_pool * cvk_slot_count}};
    const VkDescriptorPoolCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = sets_per_pool,
        .poolSizeCount = device->uses_texels ? 2 : 1,
        .pPoolSizes = sizes};
    const VkResult result = device->CreateDescriptorPool(device->handle, &description, NULL, &device->pools[device->pool_count]);
    if (result >= 0) device->pool_count++;
    return result;
}

static VkResult allocate_set(cvk_device *device, VkDescriptorSet *set) {
    VkResult result = VK_ERROR_OUT_OF_POOL_MEMORY;
    for (int attempt = 0; attempt < 2; attempt++) {
        if (device->pool_count > 0) {
            const VkDescriptorSetAllocateInfo description = {
                .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                .descriptorPool = device->pools[device->pool_count - 1],
                .descriptorSetCount = 1,
                .pSetLayouts = &device->set_layout};
            result = device->AllocateDescriptorSets(device->handle, &description, set);
            if (result != VK_ERROR_OUT_OF_POOL_MEMORY && result != VK_ERROR_FRAGMENTED_POOL) return result;
        }
        const VkResult added = attempt == 0 ? add_pool(device) : VK_SUCCESS;
        if (added < 0) return added;
    }
    return result;
}

int32_t cvk_set_create(cvk_device *device, const cvk_binding *bindings, size_t count, uint64_t *result) {
    VkDescriptorSet set = VK_NULL_HANDLE;
    const VkResult status = allocate_set(device, &set);
    if (status < 0) return status;
    VkDescriptorBufferInfo buffers[cvk_slot_count];
    VkBufferView views[2][cvk_slot_count];
    VkWriteDescriptorSet writes[3 * cvk_slot_count];
    uint32_t write_count = 0;
    for (uint32_t slot = 0; slot < count && slot < cvk_slot_count; slot++) {
        const cvk_binding *binding = &bindings[slot];
        buffers[slot] = (VkDescriptorBufferInfo){
            .buffer = CVK_HANDLE(VkBuffer, binding->block->buffer),
            .offset = binding->offset,
            .range = binding->size ? binding->size : VK_WHOLE_SIZE};
        views[0][slot] = CVK_HANDLE(VkBufferView, binding->block->vectors);
        views[1][slot] = CVK_HANDLE(VkBufferView, binding->block->scalars);
        for (uint32_t kind = 0; kind < kinds_of(device); kind++)
            writes[write_count++] = (VkWriteDescriptorSet){
                .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                .dstSet = set,
                .dstBinding = first_binding[kind] + slot,
                .descriptorCount = 1,
                .descriptorType = binding_types[kind],
                .pBufferInfo = kind == 0 ? &buffers[slot] : NULL,
                .pTexelBufferView = kind == 0 ? NULL : &views[kind - 1][slot]};
    }
    device->UpdateDescriptorSets(device->handle, write_count, writes, 0, NULL);
    *result = CVK_NUMBER(set);
    return VK_SUCCESS;
}

void cvk_sets_destroy(cvk_device *device) {
    for (size_t i = 0; i < device->pool_count; i++) device->DestroyDescriptorPool(device->handle, device->pools[i], NULL);
    free(device->pools);
    device->pools = NULL;
    device->pool_count = 0;
}
