// What every kernel file shares: run-time dispatch by CPU features and the vector math that clang cannot take from libm.
#ifndef CK_KERNEL_H
#define CK_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// One source, three versions; the loader picks the one that the CPU can run. 512-bit registers must be asked for.
#if defined(__x86_64__) && defined(__clang__)
#define CK_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), min_vector_width(512)))
#else
#define CK_KERNEL
#endif

#define CK_INLINE static inline __attribute__((always_inline))

// Loops are written for 16 lanes; narrower registers take several at a time.
#define CK_VECTOR _Pragma("clang loop vectorize(enable) vectorize_width(16)")
// The same for loops over a row, which may be short: at most 31 elements are left to scalar code.
#define CK_ROW_VECTOR _Pragma("clang loop vectorize(enable) vectorize_width(16) interleave_count(2)")
// Sums may be reordered into lanes: the order then depends on the length only, not on threads or time.
#define CK_REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

#define CK_RESTRICT __restrict__

CK_INLINE ptrdiff_t ck_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

#endif
