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
// At most 15, for costly arithmetic.
#define CK_SHORT_VECTOR _Pragma("clang loop vectorize(enable) vectorize_width(16) interleave_count(1)")
// Sums may be reordered into lanes: the order then depends on the length only, not on threads or time.
#define CK_REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

#define CK_RESTRICT __restrict__

// Numbers that the widest register holds.
enum { ck_lanes = 16 };

/// Asks for the cache line that a stream through memory needs 8 KiB later. Processors look ahead less than that, and seldom past the
/// end of a page: measured with SwiGLU, rows in memory then take hardly longer than rows in cache.
CK_INLINE void ck_fetch_ahead(const float *x) { __builtin_prefetch((const void *)((uintptr_t)x + 8192)); }

/// The same for each cache line of a row.
CK_INLINE void ck_fetch_row_ahead(const float *x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += ck_lanes) ck_fetch_ahead(x + i);
}

CK_INLINE ptrdiff_t ck_min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

#endif
