#include "ck_halving.h"
#include "kernel.h"

CK_INLINE float larger(float a, float b) { return a >= b || a != a ? a : b; }

CK_INLINE void halve_rows(const float *CK_RESTRICT top, const float *CK_RESTRICT bottom, float *CK_RESTRICT y, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++)
        y[i] = larger(larger(top[2 * i], top[2 * i + 1]), larger(bottom[2 * i], bottom[2 * i + 1]));
}

CK_KERNEL void ck_halve(const float *x, float *y, ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t half = columns / 2;
    for (ptrdiff_t row = 0; row + 1 < rows; row += 2) halve_rows(x + row * columns, x + (row + 1) * columns, y + row / 2 * half, half);
}

CK_INLINE void put_gradients(const float *CK_RESTRICT top, const float *CK_RESTRICT bottom, const float *CK_RESTRICT dy,
                             float *CK_RESTRICT dtop, float *CK_RESTRICT dbottom, bool accumulate, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float a = top[2 * i], b = top[2 * i + 1], c = bottom[2 * i], d = bottom[2 * i + 1], gradient = dy[i];
        const float upper = larger(a, b), lower = larger(c, d), largest = larger(upper, lower);
        const float dupper = upper == largest ? gradient : 0.0f, dlower = gradient - dupper;
        const float da = a == upper ? dupper : 0.0f, dc = c == lower ? dlower : 0.0f;
        dtop[2 * i] = da + (accumulate ? dtop[2 * i] : 0.0f);
        dtop[2 * i + 1] = dupper - da + (accumulate ? dtop[2 * i + 1] : 0.0f);
        dbottom[2 * i] = dc + (accumulate ? dbottom[2 * i] : 0.0f);
        dbottom[2 * i + 1] = dlower - dc + (accumulate ? dbottom[2 * i + 1] : 0.0f);
    }
}

CK_KERNEL void ck_halve_gradient(const float *x, const float *dy, float *dx, bool accumulate, ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t half = columns / 2;
    for (ptrdiff_t row = 0; row + 1 < rows; row += 2) {
        const float *top = x + row * columns, *cotangents = dy + row / 2 * half;
        float *target = dx + row * columns;
        put_gradients(top, top + columns, cotangents, target, target + columns, accumulate, half);
        if (!accumulate && columns % 2 == 1) target[columns - 1] = target[2 * columns - 1] = 0.0f;
    }
    if (!accumulate && rows % 2 == 1) memset(dx + (rows - 1) * columns, 0, (size_t)columns * sizeof(float));
}
