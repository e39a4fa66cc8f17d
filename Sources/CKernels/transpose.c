#include "ck_memory.h"
#include "kernel.h"

// Bits are moved, not numbers: no quiet NaN may change on the way.
typedef uint32_t lanes __attribute__((vector_size(64), aligned(4)));

enum { tile = 16 };

// Of two vectors: their 1st and 3rd, or 2nd and 4th, groups of two or four lanes, side by side.
#define LOW_PAIRS(x, y) __builtin_shufflevector(x, y, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH_PAIRS(x, y) __builtin_shufflevector(x, y, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_QUADS(x, y) __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_QUADS(x, y) __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define EVEN_QUARTERS(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define ODD_QUARTERS(x, y) __builtin_shufflevector(x, y, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define LOW_HALVES(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define HIGH_HALVES(x, y) __builtin_shufflevector(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)

/// 16 × 16 elements, in registers: pairs of rows, then quadruples, then quarters and halves of vectors change places.
CK_INLINE void transpose_tile(const uint32_t *x, ptrdiff_t x_stride, uint32_t *out, ptrdiff_t out_stride) {
    lanes rows[tile], mixed[tile];
    for (ptrdiff_t i = 0; i < tile; i++) rows[i] = *(const lanes *)(x + i * x_stride);
    for (ptrdiff_t i = 0; i < tile; i += 2) {
        mixed[i] = LOW_PAIRS(rows[i], rows[i + 1]);
        mixed[i + 1] = HIGH_PAIRS(rows[i], rows[i + 1]);
    }
    for (ptrdiff_t i = 0; i < tile; i += 4) {
        rows[i] = LOW_QUADS(mixed[i], mixed[i + 2]);
        rows[i + 1] = HIGH_QUADS(mixed[i], mixed[i + 2]);
        rows[i + 2] = LOW_QUADS(mixed[i + 1], mixed[i + 3]);
        rows[i + 3] = HIGH_QUADS(mixed[i + 1], mixed[i + 3]);
    }
    // Quarter q of rows[4 g + j] now holds column 4 q + j of the rows 4 g … 4 g + 3.
    for (ptrdiff_t j = 0; j < 4; j++) {
        const lanes first = EVEN_QUARTERS(rows[j], rows[4 + j]), second = EVEN_QUARTERS(rows[8 + j], rows[12 + j]);
        const lanes third = ODD_QUARTERS(rows[j], rows[4 + j]), fourth = ODD_QUARTERS(rows[8 + j], rows[12 + j]);
        *(lanes *)(out + j * out_stride) = LOW_HALVES(first, second);
        *(lanes *)(out + (4 + j) * out_stride) = LOW_HALVES(third, fourth);
        *(lanes *)(out + (8 + j) * out_stride) = HIGH_HALVES(first, second);
        *(lanes *)(out + (12 + j) * out_stride) = HIGH_HALVES(third, fourth);
    }
}

CK_KERNEL void ck_transpose(const void *x, ptrdiff_t x_stride, void *out, ptrdiff_t out_stride, ptrdiff_t columns, ptrdiff_t begin,
                            ptrdiff_t end) {
    const uint32_t *source = x;
    uint32_t *target = out;
    // Rows of the source may lie pages apart: 16 of them at a time, over their whole length.
    for (ptrdiff_t column = 0; column < columns; column += tile) {
        const ptrdiff_t column_end = ck_min(column + tile, columns);
        for (ptrdiff_t row = begin; row < end; row += tile) {
            const ptrdiff_t row_end = ck_min(row + tile, end);
            if (row_end - row == tile && column_end - column == tile) {
                // The next rows: too far away for the processor to foresee.
                for (ptrdiff_t i = tile; i < 2 * tile && column + i < columns; i++)
                    __builtin_prefetch(source + (column + i) * x_stride + row);
                transpose_tile(source + column * x_stride + row, x_stride, target + row * out_stride + column, out_stride);
            } else {
                for (ptrdiff_t r = row; r < row_end; r++)
                    for (ptrdiff_t c = column; c < column_end; c++) target[r * out_stride + c] = source[c * x_stride + r];
            }
        }
    }
}
