// Moving elements without arithmetic: fills, copies between layouts, conversions.
#ifndef CK_MEMORY_H
#define CK_MEMORY_H

#include "ck_elementwise.h"

typedef enum { ck_float32, ck_int32, ck_uint8, ck_float16 } ck_type;

/// Copies elements `begin ..< end` of `element_size` 1, 2 or 4 bytes between two layouts.
void ck_copy(const ck_loop *loop, ptrdiff_t element_size, const void *x, void *out, ptrdiff_t begin, ptrdiff_t end);

/// Transposes rows `begin ..< end` of the output [rows, columns] in tiles: out[r, c] = x[c, r], with row strides in elements of 4 bytes.
void ck_transpose(const void *x, ptrdiff_t x_stride, void *out, ptrdiff_t out_stride, ptrdiff_t columns, ptrdiff_t begin,
                  ptrdiff_t end);

/// Converts elements; float → integer truncates towards zero and saturates, NaN gives 0. float → float16 rounds to nearest, ties to
/// even.
void ck_cast(const ck_loop *loop, ck_type from, ck_type to, const void *x, void *out, ptrdiff_t begin, ptrdiff_t end);

#endif
