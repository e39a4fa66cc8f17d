#include "core_type.h"

#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

/// XCR0: which register states the operating system saves. Only valid where OSXSAVE is reported.
static uint64_t saved_register_states(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((uint64_t)high << 32) | low;
}

static bool has_all(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

const char *copenblas_preferred_core_type(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return NULL;
    const uint32_t fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28;
    if (!has_all(ecx, fma | osxsave | avx)) return NULL;

    const uint64_t states = saved_register_states();
    const uint64_t sse_and_avx = 0x6, opmask_and_zmm = 0xE0;
    if ((states & sse_and_avx) != sse_and_avx) return NULL;

    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return NULL;
    const uint32_t avx2 = 1u << 5, avx512f = 1u << 16, avx512dq = 1u << 17, avx512cd = 1u << 28, avx512bw = 1u << 30,
                   avx512vl = 1u << 31;
    if (!has_all(ebx, avx2)) return NULL;
    const bool wide = has_all(ebx, avx512f | avx512dq | avx512cd | avx512bw | avx512vl);
    return wide && (states & opmask_and_zmm) == opmask_and_zmm ? "SKYLAKEX" : "HASWELL";
}

#else

// On other architectures the library's own detection is sound.
const char *copenblas_preferred_core_type(void) { return NULL; }

#endif
