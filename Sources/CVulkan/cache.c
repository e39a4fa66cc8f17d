#include "vulkan_functions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t cvk_cache_create(cvk_device *device, const void *bytes, size_t byte_count) {
    const VkPipelineCacheCreateInfo description = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO, .initialDataSize = byte_count, .pInitialData = bytes};
    return device->CreatePipelineCache(device->handle, &description, NULL, &device->cache);
}

int32_t cvk_cache_contents(cvk_device *device, void *bytes, size_t *byte_count) {
    return device->GetPipelineCacheData(device->handle, device->cache, byte_count, bytes);
}

ptrdiff_t cvk_file_read(const char *path, void *bytes, size_t capacity) {
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    const size_t count = fread(bytes, 1, capacity, file);
    const bool is_whole = !ferror(file) && (count < capacity || fgetc(file) == EOF);
    fclose(file);
    return is_whole ? (ptrdiff_t)count : -1;
}

static bool make_folders(char *path) {
    for (char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
        *end = 0;
        const bool exists = mkdir(path, 0700) == 0 || errno == EEXIST;
        *end = '/';
        if (!exists) return false;
    }
    return true;
}

bool cvk_file_replace(const char *path, const void *bytes, size_t byte_count) {
    char folder[4096], temporary[4096 + 32];
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder || !make_folders(folder)) return false;
    snprintf(temporary, sizeof temporary, "%s.%ld", folder, (long)getpid());
    FILE *file = fopen(temporary, "wb");
    if (!file) return false;
    const bool is_written = fwrite(bytes, 1, byte_count, file) == byte_count;
    const bool is_closed = fclose(file) == 0;
    const bool is_done = is_written && is_closed && rename(temporary, path) == 0;
    if (!is_done) unlink(temporary);
    return is_done;
}
