#ifndef CK_SIMD_H
#define CK_SIMD_H

/// The instruction set that the kernels use on this machine, such as "AVX-512".
const char *ck_simd_level(void);

#endif
