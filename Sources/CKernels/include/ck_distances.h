// Distances of pairs: cosines of vectors, squared differences.
#ifndef CK_DISTANCES_H
#define CK_DISTANCES_H

#include <stdbool.h>
#include <stddef.h>

/// The cosines of the rows `begin ..< end` of x and y, [rows, width]; squares of norms count as `smallest_square` at least.
void ck_cosines(const float *x, const float *y, float *cosines, ptrdiff_t width, float smallest_square, ptrdiff_t begin,
                ptrdiff_t end);

/// The gradient of x in the rows `begin ..< end` from that of their cosines; exchange x and y for that of y.
void ck_cosines_gradient(const float *x, const float *y, const float *dcosines, float *dx, bool accumulate, ptrdiff_t width,
                        float smallest_square, ptrdiff_t begin, ptrdiff_t end);

/// Σ (x − y)² over `count` elements, some thousands at most.
float ck_squared_error(const float *x, const float *y, ptrdiff_t count);

/// dx = factor · (x − y), or added to it.
void ck_difference(const float *x, const float *y, float factor, float *dx, bool accumulate, ptrdiff_t count);

#endif
