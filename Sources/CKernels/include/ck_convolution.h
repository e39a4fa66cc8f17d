// What a convolution does before and after its products.
#ifndef CK_CONVOLUTION_H
#define CK_CONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>

/// What happens to sums when they are stored.
typedef struct {
    const float *bias; // one value per channel, NULL for none
    bool rectifies;    // max(value, 0)
    bool accumulates;  // adds to what is there
} ck_convolution_epilogue;

/// Bias and ReLU for sums that are stored already: `channels` rows of `count` values, `step` apart.
void ck_convolution_finish(const ck_convolution_epilogue *epilogue, float *values, ptrdiff_t channels, ptrdiff_t count,
                           ptrdiff_t step);

/// out = y > 0 ? dy : 0 for elements `begin ..< end`: the cotangent of a sum whose ReLU is y.
void ck_rectifier_gradient(const float *y, const float *dy, float *out, ptrdiff_t begin, ptrdiff_t end);

#endif
