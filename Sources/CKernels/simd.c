#include "ck_simd.h"

const char *ck_simd_level(void) {
#if defined(__x86_64__)
    // The same tests as the loader's when it picks a version of each kernel.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return "AVX-512";
    if (__builtin_cpu_supports("x86-64-v3")) return "AVX2";
    return "SSE2";
#elif defined(__aarch64__)
    return "NEON";
#else
    return "portable";
#endif
}
