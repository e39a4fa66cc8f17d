// Gated elementwise work of a transformer block: SiLU, GELU, SwiGLU and the gated residual.
#ifndef CK_GATES_H
#define CK_GATES_H

#include <stdbool.h>
#include <stddef.h>

/// y = x · sigmoid(x) for elements `begin ..< end`.
void ck_silu_forward(const float *x, float *y, ptrdiff_t begin, ptrdiff_t end);

/// Gradient of x from that of y, elements `begin ..< end`.
void ck_silu_backward(const float *x, const float *dy, float *dx, bool accumulate, ptrdiff_t begin, ptrdiff_t end);

/// y = x · Φ(x), with Φ the standard normal distribution, for elements `begin ..< end`.
void ck_gelu_forward(const float *x, float *y, ptrdiff_t begin, ptrdiff_t end);

/// Gradient of x from that of y, elements `begin ..< end`.
void ck_gelu_backward(const float *x, const float *dy, float *dx, bool accumulate, ptrdiff_t begin, ptrdiff_t end);

/// Some columns of SwiGLU's input: `columns` of both halves of each row of `ab` = [rows, (a: width, b: width)], from column `first` on.
typedef struct {
    const float *ab;
    ptrdiff_t width;
    ptrdiff_t first;
    ptrdiff_t columns;
} ck_swiglu;

/// y = silu(a) · b for rows `begin ..< end`. `y`: [end − begin, columns], rows `stride` apart.
void ck_swiglu_forward(const ck_swiglu *swiglu, float *y, ptrdiff_t stride, ptrdiff_t begin, ptrdiff_t end);

/// Gradient `dab`, laid out like `ab`, from that of y, rows `begin ..< end`. `dy`: [end − begin, columns], rows `stride` apart.
/// `y` (or NULL): receives the results once more, rows `y_stride` apart.
void ck_swiglu_backward(const ck_swiglu *swiglu, const float *dy, ptrdiff_t stride, float *dab, bool accumulate, float *y,
                        ptrdiff_t y_stride, ptrdiff_t begin, ptrdiff_t end);

/// The rows of a gate: row r uses `gate + r / rows_per_image · stride`.
typedef struct {
    ptrdiff_t width;
    ptrdiff_t rows_per_image;
    ptrdiff_t stride;
    const float *gate;
} ck_gate;

/// out = x + gate · y, rows `begin ..< end` of [rows, width]. `out` may be `x`.
void ck_gate_forward(const ck_gate *gate, const float *x, const float *y, float *out, ptrdiff_t begin, ptrdiff_t end);

/// Rows `begin ..< end`, all of one image: dy = gate · dout (NULL to skip) and, into `sums` ([width], overwritten; NULL to skip), this
/// range's Σ dout · y, for which alone y is read. The gate's gradient is the sum of the ranges' sums; x's is dout itself.
void ck_gate_backward(const ck_gate *gate, const float *y, const float *dout, float *dy, bool accumulate, float *sums, ptrdiff_t begin,
                      ptrdiff_t end);

/// Columns `begin ..< end` of the gate's gradient, rows `stride` apart. `sums`: [images, chunks_per_image, width].
void ck_gate_finish(const float *sums, ptrdiff_t images, ptrdiff_t chunks_per_image, ptrdiff_t width, float *dgate, ptrdiff_t stride,
                    bool accumulate, ptrdiff_t begin, ptrdiff_t end);

#endif
