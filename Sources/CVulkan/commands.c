#include "vulkan_functions.h"

#include <stdlib.h>

struct cvk_commands {
    cvk_device *device;
    VkCommandPool pool;
    VkCommandBuffer buffer;
    VkQueryPool timestamps;
    uint32_t timestamp_count;
};

static const VkAccessFlags kernel_access = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
static const VkAccessFlags copy_access = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
static const VkPipelineStageFlags work_stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;

static VkResult create_parts(cvk_commands *commands) {
    cvk_device *device = commands->device;
    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
        .queueFamilyIndex = device->queue_family};
    VkResult result = device->CreateCommandPool(device->handle, &pool, NULL, &commands->pool);
    if (result < 0) return result;
    const VkCommandBufferAllocateInfo buffer = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = commands->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    result = device->AllocateCommandBuffers(device->handle, &buffer, &commands->buffer);
    if (result < 0 || commands->timestamp_count == 0) return result;
    const VkQueryPoolCreateInfo timestamps = {
        .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
        .queryType = VK_QUERY_TYPE_TIMESTAMP,
        .queryCount = commands->timestamp_count};
    return device->CreateQueryPool(device->handle, &timestamps, NULL, &commands->timestamps);
}

int32_t cvk_commands_create(cvk_device *device, uint32_t timestamp_count, cvk_commands **result) {
    *result = NULL;
    cvk_commands *commands = calloc(1, sizeof *commands);
    if (!commands) return VK_ERROR_OUT_OF_HOST_MEMORY;
    commands->device = device;
    commands->timestamp_count = timestamp_count;
    const VkResult status = create_parts(commands);
    if (status < 0) {
        cvk_commands_destroy(commands);
        return status;
    }
    *result = commands;
    return VK_SUCCESS;
}

void cvk_commands_destroy(cvk_commands *commands) {
    if (!commands) return;
    cvk_device *device = commands->device;
    device->DestroyQueryPool(device->handle, commands->timestamps, NULL);
    device->DestroyCommandPool(device->handle, commands->pool, NULL);
    free(commands);
}

/// @param sources, targets what must be finished, and what must see it.
static void barrier(cvk_commands *commands, VkPipelineStageFlags stages, VkAccessFlags targets, VkPipelineStageFlags target_stages) {
    const VkMemoryBarrier memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = targets};
    commands->device->CmdPipelineBarrier(commands->buffer, stages, target_stages, 0, 1, &memory, 0, NULL, 0, NULL);
}

int32_t cvk_commands_begin(cvk_commands *commands) {
    cvk_device *device = commands->device;
    VkResult result = device->ResetCommandPool(device->handle, commands->pool, 0);
    if (result < 0) return result;
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    result = device->BeginCommandBuffer(commands->buffer, &begin);
    if (result < 0) return result;
    if (commands->timestamps) device->CmdResetQueryPool(commands->buffer, commands->timestamps, 0, commands->timestamp_count);
    // Earlier submissions on this queue: everything before is done and visible.
    cvk_commands_barrier(commands);
    return VK_SUCCESS;
}

void cvk_commands_dispatch(cvk_commands *commands, const cvk_dispatch *dispatch) {
    cvk_device *device = commands->device;
    const VkDescriptorSet set = CVK_HANDLE(VkDescriptorSet, dispatch->set);
    device->CmdBindPipeline(commands->buffer, VK_PIPELINE_BIND_POINT_COMPUTE, CVK_HANDLE(VkPipeline, dispatch->pipeline));
    device->CmdBindDescriptorSets(commands->buffer, VK_PIPELINE_BIND_POINT_COMPUTE, device->pipeline_layout, 0, 1, &set, 0, NULL);
    device->CmdPushConstants(commands->buffer, device->pipeline_layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, dispatch->push_bytes,
                             dispatch->push);
    const uint32_t *bases = dispatch->bases, *groups = dispatch->groups;
    device->CmdDispatchBase(commands->buffer, bases[0], bases[1], bases[2], groups[0], groups[1], groups[2]);
}

void cvk_commands_barrier(cvk_commands *commands) { barrier(commands, work_stages, kernel_access | copy_access, work_stages); }

void cvk_commands_copy(cvk_commands *commands, const cvk_block *source, uint64_t source_offset, const cvk_block *target,
                       uint64_t target_offset, uint64_t byte_count) {
    const VkBufferCopy region = {.srcOffset = source_offset, .dstOffset = target_offset, .size = byte_count};
    commands->device->CmdCopyBuffer(commands->buffer, CVK_HANDLE(VkBuffer, source->buffer), CVK_HANDLE(VkBuffer, target->buffer), 1,
                                    &region);
}

void cvk_commands_timestamp(cvk_commands *commands, uint32_t index) {
    if (index < commands->timestamp_count)
        commands->device->CmdWriteTimestamp(commands->buffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, commands->timestamps, index);
}

int32_t cvk_commands_submit(cvk_commands *commands, uint64_t value) {
    cvk_device *device = commands->device;
    barrier(commands, work_stages, VK_ACCESS_HOST_READ_BIT | VK_ACCESS_HOST_WRITE_BIT, VK_PIPELINE_STAGE_HOST_BIT);
    const VkResult result = device->EndCommandBuffer(commands->buffer);
    if (result < 0) return result;
    const VkTimelineSemaphoreSubmitInfo timeline = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO, .signalSemaphoreValueCount = 1, .pSignalSemaphoreValues = &value};
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &timeline,
        .commandBufferCount = 1,
        .pCommandBuffers = &commands->buffer,
        .signalSemaphoreCount = 1,
        .pSignalSemaphores = &device->timeline};
    return device->QueueSubmit(device->queue, 1, &submit, VK_NULL_HANDLE);
}

int32_t cvk_commands_timestamps(cvk_commands *commands, uint32_t count, uint64_t *ticks) {
    cvk_device *device = commands->device;
    if (count == 0 || count > commands->timestamp_count) return VK_SUCCESS;
    return device->GetQueryPoolResults(device->handle, commands->timestamps, 0, count, count * sizeof *ticks, ticks, sizeof *ticks,
                                       VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
}
