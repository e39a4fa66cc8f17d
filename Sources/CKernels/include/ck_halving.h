// Maxima of 2 × 2 windows without overlap.
#ifndef CK_HALVING_H
#define CK_HALVING_H

#include <stdbool.h>
#include <stddef.h>

/// The maxima of one image [rows, columns]: [rows / 2, columns / 2]; NaN wins.
void ck_halve(const float *x, float *y, ptrdiff_t rows, ptrdiff_t columns);

/// The gradient of x from that of its maxima: to the first largest of each window in reading order, 0 to all others.
void ck_halve_gradient(const float *x, const float *dy, float *dx, bool accumulate, ptrdiff_t rows, ptrdiff_t columns);

#endif
