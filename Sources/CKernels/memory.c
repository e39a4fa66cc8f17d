#include "ck_memory.h"
#include "kernel.h"

/// Positions of both operands at element `index`; the last axis is left out.
CK_INLINE void locate(const ck_loop *loop, ptrdiff_t row, ptrdiff_t offsets[2]) {
    offsets[0] = offsets[1] = 0;
    for (ptrdiff_t axis = loop->rank - 2; axis >= 0; axis--) {
        const ptrdiff_t position = row % loop->extents[axis];
        row /= loop->extents[axis];
        offsets[0] += position * loop->strides[0][axis];
        offsets[1] += position * loop->strides[1][axis];
    }
}

CK_INLINE void copy_run(ptrdiff_t element_size, const void *x, ptrdiff_t x_stride, void *y, ptrdiff_t y_stride, ptrdiff_t n) {
    if (x_stride == 1 && y_stride == 1) {
        memcpy(y, x, (size_t)(n * element_size));
    } else if (element_size == 4) {
        const uint32_t *CK_RESTRICT source = x;
        uint32_t *CK_RESTRICT target = y;
        for (ptrdiff_t i = 0; i < n; i++) target[i * y_stride] = source[i * x_stride];
    } else if (element_size == 2) {
        const uint16_t *CK_RESTRICT source = x;
        uint16_t *CK_RESTRICT target = y;
        for (ptrdiff_t i = 0; i < n; i++) target[i * y_stride] = source[i * x_stride];
    } else {
        const uint8_t *CK_RESTRICT source = x;
        uint8_t *CK_RESTRICT target = y;
        for (ptrdiff_t i = 0; i < n; i++) target[i * y_stride] = source[i * x_stride];
    }
}

void ck_copy(const ck_loop *loop, ptrdiff_t element_size, const void *x, void *out, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t last = loop->rank - 1, run = loop->extents[last];
    const ptrdiff_t y_stride = loop->strides[0][last], x_stride = loop->strides[1][last];
    while (begin < end) {
        ptrdiff_t offsets[2];
        locate(loop, begin / run, offsets);
        const ptrdiff_t column = begin % run, n = ck_min(run - column, end - begin);
        copy_run(element_size, (const char *)x + (offsets[1] + column * x_stride) * element_size, x_stride,
                 (char *)out + (offsets[0] + column * y_stride) * element_size, y_stride, n);
        begin += n;
    }
}

CK_INLINE int32_t integer_from_float(float value) {
    if (value != value) return 0;
    if (value >= 2147483648.0f) return INT32_MAX;
    return value <= -2147483648.0f ? INT32_MIN : (int32_t)value;
}

CK_INLINE float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Conversions by hand: not every compiler's library has those of _Float16.
CK_INLINE float float_from_half(uint16_t half) {
    const uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31, mantissa = half & 0x3ff;
    if (exponent == 31) return float_from_bits(sign | 0x7f800000u | mantissa << 13);
    // Below 2⁻¹⁴: multiples of 2⁻²⁴.
    if (exponent == 0) return (sign ? -1.0f : 1.0f) * ((float)mantissa * 0x1p-24f);
    return float_from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
}

CK_INLINE uint16_t half_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000u, size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) return (uint16_t)(sign | 0x7e00u);
    if (size >= 0x47800000u) return (uint16_t)(sign | 0x7c00u); // from 65,536 on
    const bool is_small = size < 0x38800000u; // below 2⁻¹⁴
    if (is_small && size < 0x33000000u) return (uint16_t)sign; // below 2⁻²⁵
    // Digits to drop, and what remains before rounding; a carry goes into the exponent, where it belongs.
    const uint32_t shift = is_small ? 126 - (size >> 23) : 13;
    const uint32_t digits = is_small ? (size & 0x7fffffu) | 0x800000u : size - 0x38000000u;
    const uint32_t kept = digits >> shift, rest = digits & ((1u << shift) - 1), middle = 1u << (shift - 1);
    return (uint16_t)(sign | (kept + (rest > middle || (rest == middle && (kept & 1)))));
}

CK_INLINE double load(ck_type type, const void *x, ptrdiff_t i) {
    switch (type) {
        case ck_float32: return ((const float *)x)[i];
        case ck_int32: return ((const int32_t *)x)[i];
        case ck_uint8: return ((const uint8_t *)x)[i];
        case ck_float16: return float_from_half(((const uint16_t *)x)[i]);
    }
    return 0;
}

CK_INLINE uint8_t byte_from(double value) {
    if (!(value > 0)) return 0; // NaN too
    return value >= 255 ? 255 : (uint8_t)value;
}

void ck_cast(const ck_loop *loop, ck_type from, ck_type to, const void *x, void *out, ptrdiff_t begin, ptrdiff_t end) {
    const ptrdiff_t last = loop->rank - 1, run = loop->extents[last];
    const ptrdiff_t y_stride = loop->strides[0][last], x_stride = loop->strides[1][last];
    while (begin < end) {
        ptrdiff_t offsets[2];
        locate(loop, begin / run, offsets);
        const ptrdiff_t column = begin % run, n = ck_min(run - column, end - begin);
        for (ptrdiff_t i = column; i < column + n; i++) {
            // Float64 holds every value of all types.
            const double value = load(from, x, offsets[1] + i * x_stride);
            const ptrdiff_t target = offsets[0] + i * y_stride;
            switch (to) {
                case ck_float32: ((float *)out)[target] = (float)value; break;
                case ck_int32:
                    ((int32_t *)out)[target] = from == ck_float32 || from == ck_float16 ? integer_from_float((float)value) : (int32_t)value;
                    break;
                case ck_uint8: ((uint8_t *)out)[target] = byte_from(value); break;
                case ck_float16: ((uint16_t *)out)[target] = half_from_float((float)value); break;
            }
        }
        begin += n;
    }
}
