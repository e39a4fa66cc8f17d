#define _GNU_SOURCE
#include "ck_machine.h"

#if defined(__linux__)
#include <sched.h>
#endif
#include <unistd.h>

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

ptrdiff_t ck_available_cores(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? count : 1;
}
