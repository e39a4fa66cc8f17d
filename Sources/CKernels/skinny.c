#include "ck_skinny.h"
#include "kernel.h"

CK_INLINE float dot(const float *CK_RESTRICT a, const float *CK_RESTRICT b, ptrdiff_t n) {
    CK_REASSOCIATE
    float sum = 0;
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

CK_KERNEL void ck_skinny_forward(const ck_skinny *sizes, const float *x, const float *w, const float *bias, float *y, ptrdiff_t begin,
                                 ptrdiff_t end) {
    for (ptrdiff_t o = begin; o < end; o++)
        for (ptrdiff_t row = 0; row < sizes->rows; row++)
            y[row * sizes->outputs + o] = dot(x + row * sizes->inputs, w + o * sizes->inputs, sizes->inputs) + (bias ? bias[o] : 0.0f);
}

CK_INLINE void add_scaled(float factor, const float *CK_RESTRICT x, float *CK_RESTRICT y, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) y[i] += factor * x[i];
}

/// y += Σ x[k] w[k], k < 8, for `n` columns.
CK_INLINE void add_eight(const float *CK_RESTRICT x, const float *CK_RESTRICT w, ptrdiff_t stride, float *CK_RESTRICT y, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t o = 0; o < n; o++) {
        float sum = y[o];
        for (ptrdiff_t k = 0; k < 8; k++) sum += x[k] * w[k * stride + o];
        y[o] = sum;
    }
}

CK_KERNEL void ck_skinny_forward_columns(const ck_skinny *sizes, const float *x, const float *w, ptrdiff_t stride, const float *bias,
                                         float *y, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t inputs = sizes->inputs, outputs = sizes->outputs, n = end - begin;
    for (ptrdiff_t row = 0; row < sizes->rows; row++) {
        if (bias)
            memcpy(y + row * outputs + begin, bias + begin, (size_t)n * sizeof(float));
        else
            memset(y + row * outputs + begin, 0, (size_t)n * sizeof(float));
    }
    // Columns of the weight are read once, all rows of x meet them in cache.
    ptrdiff_t i = 0;
    for (; i + 8 <= inputs; i += 8)
        for (ptrdiff_t row = 0; row < sizes->rows; row++)
            add_eight(x + row * inputs + i, w + i * stride + begin, stride, y + row * outputs + begin, n);
    for (; i < inputs; i++)
        for (ptrdiff_t row = 0; row < sizes->rows; row++)
            add_scaled(x[row * inputs + i], w + i * stride + begin, y + row * outputs + begin, n);
}

CK_KERNEL void ck_skinny_input_gradient(const ck_skinny *sizes, const float *dy, const float *w, float *share, ptrdiff_t begin,
                                        ptrdiff_t end) {
    const ptrdiff_t inputs = sizes->inputs;
    memset(share, 0, (size_t)(sizes->rows * inputs) * sizeof(float));
    for (ptrdiff_t o = begin; o < end; o++)
        for (ptrdiff_t row = 0; row < sizes->rows; row++)
            add_scaled(dy[row * sizes->outputs + o], w + o * inputs, share + row * inputs, inputs);
}

CK_INLINE void scaled(float factor, const float *CK_RESTRICT x, float *CK_RESTRICT y, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) y[i] = factor * x[i];
}

CK_KERNEL void ck_skinny_weight_gradient(const ck_skinny *sizes, const float *dy, const float *x, float *dw, bool accumulate,
                                         ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t inputs = sizes->inputs;
    for (ptrdiff_t o = begin; o < end; o++) {
        float *gradient = dw + o * inputs;
        if (accumulate) add_scaled(dy[o], x, gradient, inputs);
        else scaled(dy[o], x, gradient, inputs);
        for (ptrdiff_t row = 1; row < sizes->rows; row++)
            add_scaled(dy[row * sizes->outputs + o], x + row * inputs, gradient, inputs);
    }
}
