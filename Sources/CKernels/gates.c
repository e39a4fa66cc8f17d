#include "ck_gates.h"
#include "kernel.h"
#include "vector_math.h"

CK_INLINE void silu(const float *CK_RESTRICT x, float *CK_RESTRICT y, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] * ck_sigmoid(x[i]);
}

CK_KERNEL void ck_silu_forward(const float *x, float *y, ptrdiff_t begin, ptrdiff_t end) { silu(x + begin, y + begin, end - begin); }

CK_INLINE void silu_gradient(const float *CK_RESTRICT x, const float *CK_RESTRICT dy, float *CK_RESTRICT dx, bool accumulate,
                             ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float sigmoid = ck_sigmoid(x[i]);
        const float gradient = dy[i] * sigmoid * (1.0f + x[i] * (1.0f - sigmoid));
        dx[i] = accumulate ? dx[i] + gradient : gradient;
    }
}

CK_KERNEL void ck_silu_backward(const float *x, const float *dy, float *dx, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    silu_gradient(x + begin, dy + begin, dx + begin, accumulate, end - begin);
}

CK_INLINE void gelu(const float *CK_RESTRICT x, float *CK_RESTRICT y, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] * ck_normal_at(x[i]).probability;
}

CK_KERNEL void ck_gelu_forward(const float *x, float *y, ptrdiff_t begin, ptrdiff_t end) { gelu(x + begin, y + begin, end - begin); }

CK_INLINE void gelu_gradient(const float *CK_RESTRICT x, const float *CK_RESTRICT dy, float *CK_RESTRICT dx, bool accumulate,
                             ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const ck_normal normal = ck_normal_at(x[i]);
        const float gradient = dy[i] * (normal.probability + x[i] * normal.density);
        dx[i] = accumulate ? dx[i] + gradient : gradient;
    }
}

CK_KERNEL void ck_gelu_backward(const float *x, const float *dy, float *dx, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    gelu_gradient(x + begin, dy + begin, dx + begin, accumulate, end - begin);
}

CK_INLINE void gated_values(const float *CK_RESTRICT a, const float *CK_RESTRICT b, float *CK_RESTRICT y, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) y[i] = a[i] * ck_sigmoid(a[i]) * b[i];
}

/// Less than one register.
static inline void last_gated_values(const float *a, const float *b, float *y, ptrdiff_t count) {
    const size_t bytes = (size_t)count * sizeof(float);
    float padded[3][ck_lanes] = {0};
    memcpy(padded[0], a, bytes);
    memcpy(padded[1], b, bytes);
    gated_values(padded[0], padded[1], padded[2], ck_lanes);
    memcpy(y, padded[2], bytes);
}

CK_KERNEL void ck_swiglu_forward(const ck_swiglu *swiglu, float *y, ptrdiff_t stride, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t columns = swiglu->columns;
    for (ptrdiff_t row = begin; row < end; row++, y += stride) {
        const float *a = swiglu->ab + 2 * row * swiglu->width + swiglu->first, *b = a + swiglu->width;
        ptrdiff_t i = 0;
        for (; i + ck_lanes <= columns; i += ck_lanes) {
            ck_fetch_ahead(a + i);
            ck_fetch_ahead(b + i);
            ck_fetch_ahead(y + i);
            gated_values(a + i, b + i, y + i, ck_lanes);
        }
        if (i < columns) last_gated_values(a + i, b + i, y + i, columns - i);
    }
}

/// da, db and, where it is wanted, y.
CK_INLINE void gated_gradient(const float *CK_RESTRICT a, const float *CK_RESTRICT b, const float *CK_RESTRICT dy,
                              float *CK_RESTRICT da, float *CK_RESTRICT db, float *CK_RESTRICT y, bool accumulate, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float sigmoid = ck_sigmoid(a[i]);
        const float silu = a[i] * sigmoid;
        const float value = silu * b[i];
        da[i] = dy[i] * b[i] * (sigmoid + silu * (1.0f - sigmoid)) + (accumulate ? da[i] : 0.0f);
        db[i] = dy[i] * silu + (accumulate ? db[i] : 0.0f);
        if (y) y[i] = value;
    }
}

/// Less than one register.
static inline void last_gated_gradient(const float *a, const float *b, const float *dy, float *da, float *db, float *y,
                                       bool accumulate, ptrdiff_t count) {
    const size_t bytes = (size_t)count * sizeof(float);
    float padded[6][ck_lanes] = {0};
    memcpy(padded[0], a, bytes);
    memcpy(padded[1], b, bytes);
    memcpy(padded[2], dy, bytes);
    memcpy(padded[3], da, bytes);
    memcpy(padded[4], db, bytes);
    gated_gradient(padded[0], padded[1], padded[2], padded[3], padded[4], padded[5], accumulate, ck_lanes);
    memcpy(da, padded[3], bytes);
    memcpy(db, padded[4], bytes);
    if (y) memcpy(y, padded[5], bytes);
}

CK_INLINE void swiglu_row_gradient(const ck_swiglu *swiglu, const float *a, const float *dy, float *da, float *y, bool accumulate) {
    const float *b = a + swiglu->width;
    float *db = da + swiglu->width;
    ptrdiff_t i = 0;
    for (; i + ck_lanes <= swiglu->columns; i += ck_lanes) {
        ck_fetch_ahead(a + i);
        ck_fetch_ahead(b + i);
        ck_fetch_ahead(dy + i);
        ck_fetch_ahead(da + i);
        ck_fetch_ahead(db + i);
        if (y) ck_fetch_ahead(y + i);
        gated_gradient(a + i, b + i, dy + i, da + i, db + i, y ? y + i : NULL, accumulate, ck_lanes);
    }
    if (i < swiglu->columns)
        last_gated_gradient(a + i, b + i, dy + i, da + i, db + i, y ? y + i : NULL, accumulate, swiglu->columns - i);
}

CK_KERNEL void ck_swiglu_backward(const ck_swiglu *swiglu, const float *dy, ptrdiff_t stride, float *dab, bool accumulate, float *y,
                                  ptrdiff_t y_stride, ptrdiff_t begin, ptrdiff_t end) {
    for (ptrdiff_t row = begin; row < end; row++, dy += stride) {
        const ptrdiff_t first = 2 * row * swiglu->width + swiglu->first;
        float *values = y ? y + (row - begin) * y_stride : NULL;
        if (accumulate) swiglu_row_gradient(swiglu, swiglu->ab + first, dy, dab + first, values, true);
        else if (values) swiglu_row_gradient(swiglu, swiglu->ab + first, dy, dab + first, values, false);
        else swiglu_row_gradient(swiglu, swiglu->ab + first, dy, dab + first, NULL, false);
    }
}

CK_KERNEL void ck_gate_forward(const ck_gate *gate, const float *x, const float *y, float *out, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = gate->width;
    for (ptrdiff_t row = begin; row < end; row++) {
        const float *CK_RESTRICT factor = gate->gate + row / gate->rows_per_image * gate->stride;
        const float *branch = y + row * width, *skip = x + row * width;
        float *sum = out + row * width;
#pragma clang loop vectorize(assume_safety) vectorize_width(16)
        for (ptrdiff_t i = 0; i < width; i++) sum[i] = skip[i] + factor[i] * branch[i];
    }
}

CK_INLINE void gated(const float *CK_RESTRICT gate, const float *CK_RESTRICT dout, float *CK_RESTRICT dy, bool accumulate,
                     ptrdiff_t width) {
    if (accumulate) {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) dy[i] += gate[i] * dout[i];
    } else {
        CK_VECTOR
        for (ptrdiff_t i = 0; i < width; i++) dy[i] = gate[i] * dout[i];
    }
}

CK_INLINE void add_product(const float *CK_RESTRICT y, const float *CK_RESTRICT dout, float *CK_RESTRICT sums, ptrdiff_t width) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < width; i++) sums[i] += y[i] * dout[i];
}

CK_KERNEL void ck_gate_backward(const ck_gate *gate, const float *y, const float *dout, float *dy, bool accumulate, float *sums,
                                ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t width = gate->width;
    if (sums) memset(sums, 0, (size_t)width * sizeof(float));
    for (ptrdiff_t row = begin; row < end; row++) {
        if (sums) add_product(y + row * width, dout + row * width, sums, width);
        const float *factor = gate->gate + row / gate->rows_per_image * gate->stride;
        if (dy) gated(factor, dout + row * width, dy + row * width, accumulate, width);
    }
}

CK_KERNEL void ck_gate_finish(const float *sums, ptrdiff_t images, ptrdiff_t chunks_per_image, ptrdiff_t width, float *dgate,
                              ptrdiff_t stride, bool accumulate, ptrdiff_t begin, ptrdiff_t end) {
    for (ptrdiff_t image = 0; image < images; image++) {
        float *row = dgate + image * stride;
        if (!accumulate) memset(row + begin, 0, (size_t)(end - begin) * sizeof(float));
        for (ptrdiff_t chunk = 0; chunk < chunks_per_image; chunk++) {
            const float *CK_RESTRICT part = sums + (image * chunks_per_image + chunk) * width;
            for (ptrdiff_t i = begin; i < end; i++) row[i] += part[i];
        }
    }
}
