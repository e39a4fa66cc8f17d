// The OpenBLAS core type that fits this CPU's features.
#ifndef COPENBLAS_CORE_TYPE_H
#define COPENBLAS_CORE_TYPE_H

/// "SKYLAKEX" with AVX-512 (F, DQ, BW, VL, CD), "HASWELL" with AVX2 and FMA, otherwise NULL: let the library choose.
///
/// Never a later type, such as those with AMX or bfloat16: old builds do not have them, or have them untested.
const char *copenblas_preferred_core_type(void);

#endif
