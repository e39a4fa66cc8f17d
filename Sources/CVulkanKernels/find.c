#include "CVulkanKernels.h"

#include <string.h>

const cvk_kernel *cvk_find_kernel(const char *name) {
    for (size_t i = 0; i < cvk_kernel_count; i++)
        if (strcmp(cvk_kernels[i].name, name) == 0) return &cvk_kernels[i];
    return NULL;
}
