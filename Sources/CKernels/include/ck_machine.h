// What the kernels find on this machine.
#ifndef CK_MACHINE_H
#define CK_MACHINE_H

#include <stddef.h>

/// The instruction set that the kernels use here, such as "AVX-512".
const char *ck_simd_level(void);

/// The number of cores that this process may use; at least 1.
ptrdiff_t ck_available_cores(void);

#endif
