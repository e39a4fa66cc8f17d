// The compute kernels as SPIR-V. Their sources are shaders/*.comp and matrices/*.comp; the script `compile` makes the arrays.
#ifndef CVULKAN_KERNELS_H
#define CVULKAN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint32_t *words;
    size_t byte_count;
} cvk_code;

typedef struct {
    /// The shader's file name without its ending.
    const char *name;
    /// Reads its inputs as storage buffers.
    cvk_code storage;
    /// Reads its inputs through texel buffer views; empty for kernels of matrices.
    cvk_code texels;
} cvk_kernel;

extern const cvk_kernel cvk_kernels[];
extern const size_t cvk_kernel_count;

/// Kernels for devices with cooperative matrices; other devices' drivers cannot read them.
extern const cvk_kernel cvk_matrix_kernels[];
extern const size_t cvk_matrix_kernel_count;

/// The kernel with a name; NULL if there is none.
const cvk_kernel *cvk_find_kernel(const char *name);

#endif
