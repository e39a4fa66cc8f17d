#include "CVulkanKernels.h"

#include <string.h>

static const cvk_kernel *find(const cvk_kernel *kernels, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(kernels[i].name, name) == 0) return &kernels[i];
    return NULL;
}

const cvk_kernel *cvk_find_kernel(const char *name) {
    const cvk_kernel *kernel = find(cvk_kernels, cvk_kernel_count, name);
    return kernel ? kernel : find(cvk_matrix_kernels, cvk_matrix_kernel_count, name);
}
