#include "ck_halving.h"
#include "kernel.h"

typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t masks __attribute__((vector_size(64), aligned(4)));

/// Neighbouring pairs of 32 elements: the first ones and the second ones.
typedef struct {
    lanes first, second;
} pairs;

CK_INLINE pairs load_pairs(const float *x) {
    const lanes low = *(const lanes *)x, high = *(const lanes *)(x + 16);
    return (pairs){
        __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
        __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31),
    };
}

CK_INLINE void put_pairs(float *x, pairs values, bool accumulate) {
    const lanes a = values.first, b = values.second;
    const lanes low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const lanes high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    *(lanes *)x = accumulate ? *(lanes *)x + low : low;
    *(lanes *)(x + 16) = accumulate ? *(lanes *)(x + 16) + high : high;
}

#define CHOSEN(condition, a, b) ((lanes)(((condition) & (masks)(a)) | (~(condition) & (masks)(b))))

/// The larger value, the first of equal ones; NaN wins.
CK_INLINE float larger(float a, float b) { return a >= b || a != a ? a : b; }
#define LARGER(a, b) CHOSEN(((a) >= (b)) | ((a) != (a)), a, b)

CK_INLINE void halve_rows(const float *CK_RESTRICT top, const float *CK_RESTRICT bottom, float *CK_RESTRICT y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const pairs upper = load_pairs(top + 2 * i), lower = load_pairs(bottom + 2 * i);
        const lanes above = LARGER(upper.first, upper.second), below = LARGER(lower.first, lower.second);
        *(lanes *)(y + i) = LARGER(above, below);
    }
    for (; i < count; i++) y[i] = larger(larger(top[2 * i], top[2 * i + 1]), larger(bottom[2 * i], bottom[2 * i + 1]));
}

CK_KERNEL void ck_halve(const float *x, float *y, ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t half = columns / 2;
    for (ptrdiff_t row = 0; row + 1 < rows; row += 2) {
        const float *top = x + row * columns;
        halve_rows(top, top + columns, y + row / 2 * half, half);
    }
}

CK_INLINE void put_gradient(const float *CK_RESTRICT top, const float *CK_RESTRICT bottom, float dy, float *CK_RESTRICT dtop,
                            float *CK_RESTRICT dbottom, bool accumulate) {
    const float upper = larger(top[0], top[1]), lower = larger(bottom[0], bottom[1]);
    const bool is_upper = upper == larger(upper, lower), is_first = is_upper ? top[0] == upper : bottom[0] == lower;
    dtop[0] = (is_upper && is_first ? dy : 0.0f) + (accumulate ? dtop[0] : 0.0f);
    dtop[1] = (is_upper && !is_first ? dy : 0.0f) + (accumulate ? dtop[1] : 0.0f);
    dbottom[0] = (!is_upper && is_first ? dy : 0.0f) + (accumulate ? dbottom[0] : 0.0f);
    dbottom[1] = (!is_upper && !is_first ? dy : 0.0f) + (accumulate ? dbottom[1] : 0.0f);
}

CK_INLINE void put_gradients(const float *CK_RESTRICT top, const float *CK_RESTRICT bottom, const float *CK_RESTRICT dy,
                             float *CK_RESTRICT dtop, float *CK_RESTRICT dbottom, bool accumulate, ptrdiff_t count) {
    const lanes zero = {0};
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const pairs above = load_pairs(top + 2 * i), below = load_pairs(bottom + 2 * i);
        const lanes upper = LARGER(above.first, above.second), lower = LARGER(below.first, below.second);
        const lanes largest = LARGER(upper, lower), gradient = *(const lanes *)(dy + i);
        const lanes dupper = CHOSEN(upper == largest, gradient, zero), dlower = CHOSEN(upper == largest, zero, gradient);
        const masks is_left = above.first == upper, is_low_left = below.first == lower;
        const pairs dabove = {CHOSEN(is_left, dupper, zero), CHOSEN(is_left, zero, dupper)};
        const pairs dbelow = {CHOSEN(is_low_left, dlower, zero), CHOSEN(is_low_left, zero, dlower)};
        put_pairs(dtop + 2 * i, dabove, accumulate);
        put_pairs(dbottom + 2 * i, dbelow, accumulate);
    }
    for (; i < count; i++) put_gradient(top + 2 * i, bottom + 2 * i, dy[i], dtop + 2 * i, dbottom + 2 * i, accumulate);
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
