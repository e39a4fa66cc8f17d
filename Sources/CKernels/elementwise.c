#include "ck_elementwise.h"
#include "kernel.h"
#include "vector_math.h"

#include <math.h>

// Functions exist in a dense form only. Strided operands pass through a block of this many elements in the first-level cache.
enum { block = 512 };

#define EACH(EXPRESSION)                                                                                                          \
    {                                                                                                                             \
        CK_VECTOR for (ptrdiff_t i = 0; i < n; i++) y[i] = (EXPRESSION);                                                          \
        break;                                                                                                                    \
    }
// For functions of libm, which do not vectorise.
#define EACH_SCALAR(EXPRESSION)                                                                                                   \
    {                                                                                                                             \
        for (ptrdiff_t i = 0; i < n; i++) y[i] = (EXPRESSION);                                                                    \
        break;                                                                                                                    \
    }

void ck_unary_block(ck_unary_function function, const float *parameters, const float *x, float *y, ptrdiff_t n);
void ck_binary_block(ck_binary_function function, const float *a, const float *b, float *y, ptrdiff_t n);
void ck_select_block(const float *condition, const float *a, const float *b, float *y, ptrdiff_t n);

CK_KERNEL void ck_unary_block(ck_unary_function function, const float *parameters, const float *CK_RESTRICT x, float *CK_RESTRICT y,
                              ptrdiff_t n) {
    const float first = parameters[0], second = parameters[1];
    switch (function) {
        case ck_negate: EACH(-x[i])
        case ck_absolute: EACH(__builtin_elementwise_abs(x[i]))
        case ck_square: EACH(x[i] * x[i])
        case ck_square_root: EACH(__builtin_elementwise_sqrt(x[i]))
        case ck_reciprocal_square_root: EACH(1.0f / __builtin_elementwise_sqrt(x[i]))
        case ck_reciprocal: EACH(1.0f / x[i])
        case ck_exponential: EACH(ck_exp(x[i]))
        case ck_logarithm: EACH_SCALAR(logf(x[i]))
        case ck_sine: EACH_SCALAR(sinf(x[i]))
        case ck_cosine: EACH_SCALAR(cosf(x[i]))
        case ck_tangent_hyperbolic: EACH(ck_tanh(x[i]))
        case ck_logistic: EACH(ck_sigmoid(x[i]))
        case ck_silu: EACH(x[i] * ck_sigmoid(x[i]))
        case ck_error_function: EACH(ck_erf(x[i]))
        case ck_affine: EACH(first * x[i] + second)
        case ck_clamp: EACH(x[i] < first ? first : x[i] > second ? second : x[i])
        case ck_identity: EACH(x[i])
    }
}

CK_KERNEL void ck_binary_block(ck_binary_function function, const float *CK_RESTRICT a, const float *CK_RESTRICT b,
                               float *CK_RESTRICT y, ptrdiff_t n) {
    switch (function) {
        case ck_add: EACH(a[i] + b[i])
        case ck_subtract: EACH(a[i] - b[i])
        case ck_multiply: EACH(a[i] * b[i])
        case ck_divide: EACH(a[i] / b[i])
        case ck_maximum: EACH(a[i] >= b[i] || a[i] != a[i] ? a[i] : b[i])
        case ck_minimum: EACH(a[i] <= b[i] || a[i] != a[i] ? a[i] : b[i])
        case ck_is_less: EACH(a[i] < b[i] ? 1.0f : 0.0f)
        case ck_is_less_or_equal: EACH(a[i] <= b[i] ? 1.0f : 0.0f)
        case ck_is_equal: EACH(a[i] == b[i] ? 1.0f : 0.0f)
    }
}

CK_KERNEL void ck_select_block(const float *CK_RESTRICT condition, const float *CK_RESTRICT a, const float *CK_RESTRICT b,
                               float *CK_RESTRICT y, ptrdiff_t n) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < n; i++) y[i] = condition[i] != 0.0f ? a[i] : b[i];
}

/// Where an operand's current block starts, dense: itself, or gathered into `buffer`.
CK_INLINE const float *dense(const float *x, ptrdiff_t stride, ptrdiff_t n, float *buffer) {
    if (stride == 1) return x;
    if (stride == 0) {
        for (ptrdiff_t i = 0; i < n; i++) buffer[i] = *x;
    } else {
        for (ptrdiff_t i = 0; i < n; i++) buffer[i] = x[i * stride];
    }
    return buffer;
}

CK_INLINE void store(const float *CK_RESTRICT values, float *CK_RESTRICT y, ptrdiff_t stride, bool accumulate, ptrdiff_t n) {
    if (accumulate && stride == 1) {
        for (ptrdiff_t i = 0; i < n; i++) y[i] += values[i];
    } else if (accumulate) {
        for (ptrdiff_t i = 0; i < n; i++) y[i * stride] += values[i];
    } else {
        for (ptrdiff_t i = 0; i < n; i++) y[i * stride] = values[i];
    }
}

/// What the walk calls for each dense block: y = f(inputs).
typedef struct {
    enum { unary_kind, binary_kind, select_kind } kind;
    int function;
    const float *parameters;
} block_operation;

CK_INLINE void apply(const block_operation *operation, const float *const inputs[3], float *y, ptrdiff_t n) {
    switch (operation->kind) {
        case unary_kind: ck_unary_block((ck_unary_function)operation->function, operation->parameters, inputs[0], y, n); break;
        case binary_kind: ck_binary_block((ck_binary_function)operation->function, inputs[0], inputs[1], y, n); break;
        case select_kind: ck_select_block(inputs[0], inputs[1], inputs[2], y, n); break;
    }
}

/// Walks elements `begin ..< end`, run by run along the last axis, block by block within a run.
static void walk(const ck_loop *loop, const block_operation *operation, int input_count, const float *const inputs[3], float *out,
                 bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    float buffers[4][block];
    const ptrdiff_t last = loop->rank - 1, run = loop->extents[last];
    const bool direct = loop->strides[0][last] == 1 && !accumulate;
    while (begin < end) {
        ptrdiff_t offsets[4] = {0}, row = begin / run;
        const ptrdiff_t column = begin % run, run_end = ck_min(run, column + end - begin);
        for (ptrdiff_t axis = last - 1; axis >= 0; axis--) {
            const ptrdiff_t position = row % loop->extents[axis];
            row /= loop->extents[axis];
            for (int operand = 0; operand <= input_count; operand++) offsets[operand] += position * loop->strides[operand][axis];
        }
        for (ptrdiff_t first = column; first < run_end; first += block) {
            const ptrdiff_t n = ck_min(block, run_end - first);
            const float *sources[3] = {0};
            for (int input = 0; input < input_count; input++) {
                const ptrdiff_t stride = loop->strides[input + 1][last];
                sources[input] = dense(inputs[input] + offsets[input + 1] + first * stride, stride, n, buffers[input + 1]);
            }
            const ptrdiff_t stride = loop->strides[0][last];
            float *y = out + offsets[0] + first * stride;
            apply(operation, sources, direct ? y : buffers[0], n);
            if (!direct) store(buffers[0], y, stride, accumulate, n);
        }
        begin += run_end - column;
    }
}

void ck_unary(ck_unary_function function, const float parameters[2], const ck_loop *loop, const float *x, float *out, bool accumulate,
              ptrdiff_t begin, ptrdiff_t end) {
    const block_operation operation = {unary_kind, (int)function, parameters};
    const float *const inputs[3] = {x};
    walk(loop, &operation, 1, inputs, out, accumulate, begin, end);
}

void ck_binary(ck_binary_function function, const ck_loop *loop, const float *a, const float *b, float *out, bool accumulate,
               ptrdiff_t begin, ptrdiff_t end) {
    const block_operation operation = {binary_kind, (int)function, NULL};
    const float *const inputs[3] = {a, b};
    walk(loop, &operation, 2, inputs, out, accumulate, begin, end);
}

void ck_select(const ck_loop *loop, const float *condition, const float *a, const float *b, float *out, bool accumulate,
               ptrdiff_t begin, ptrdiff_t end) {
    const block_operation operation = {select_kind, 0, NULL};
    const float *const inputs[3] = {condition, a, b};
    walk(loop, &operation, 3, inputs, out, accumulate, begin, end);
}

CK_KERNEL void ck_add_to_rows(const float *CK_RESTRICT x, float *CK_RESTRICT out, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < columns; i++) out[row * stride + i] += x[i];
    }
}
