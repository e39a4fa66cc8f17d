#include "ck_convolution.h"
#include "kernel.h"

CK_INLINE void finish_row(float *CK_RESTRICT row, ptrdiff_t count, float shift, float floor) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) {
        const float value = row[i] + shift;
        row[i] = value < floor ? floor : value;
    }
}

CK_KERNEL void ck_convolution_finish(const ck_convolution_epilogue *epilogue, float *values, ptrdiff_t channels, ptrdiff_t count,
                                     ptrdiff_t step) {
    const float floor = epilogue->rectifies ? 0.0f : -__builtin_inff();
    for (ptrdiff_t channel = 0; channel < channels; channel++)
        finish_row(values + channel * step, count, epilogue->bias ? epilogue->bias[channel] : 0.0f, floor);
}

CK_INLINE void rectify(const float *CK_RESTRICT y, const float *CK_RESTRICT dy, float *CK_RESTRICT out, ptrdiff_t count) {
    CK_VECTOR
    for (ptrdiff_t i = 0; i < count; i++) out[i] = y[i] > 0.0f ? dy[i] : 0.0f;
}

CK_KERNEL void ck_rectifier_gradient(const float *y, const float *dy, float *out, ptrdiff_t begin, ptrdiff_t end) {
    rectify(y + begin, dy + begin, out + begin, end - begin);
}
