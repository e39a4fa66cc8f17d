// Branch-free float functions that vectorise. Errors are in units in the last place, measured over the whole range.
#ifndef CK_VECTOR_MATH_H
#define CK_VECTOR_MATH_H

#include "kernel.h"

CK_INLINE float ck_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

CK_INLINE uint32_t ck_to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// e^x as 2^n e^r with |r| ≤ ln 2 / 2.
typedef struct {
    float shifted; // n in the low bits, above those of `ck_exp_magic`
    float power;   // e^r, a Taylor-like polynomial
} ck_exp_parts;

static const float ck_exp_magic = 12582912.0f; // 1.5 · 2^23: adding it rounds to an integer, held in the low bits

CK_INLINE ck_exp_parts ck_exp_split(float x) {
    const float shifted = x * 1.44269504088896341f + ck_exp_magic;
    const float n = shifted - ck_exp_magic;
    float r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    float p = 1.9841270e-4f;
    p = p * r + 1.3888889e-3f;
    p = p * r + 8.3333333e-3f;
    p = p * r + 4.1666668e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * (r * r) + r;
    return (ck_exp_parts){shifted, p + 1.0f};
}

/// e^x, scaled by 2^n in two steps so that the ends of the range give infinity, denormals and 0 as they should. NaN stays NaN.
CK_INLINE float ck_exp(float x) {
    x = x > 90.0f ? 90.0f : x;
    x = x < -105.0f ? -105.0f : x;
    const ck_exp_parts parts = ck_exp_split(x);
    const int32_t exponent = (int32_t)(ck_to_bits(parts.shifted) - ck_to_bits(ck_exp_magic));
    const int32_t half = exponent >> 1;
    const float low = ck_from_bits((uint32_t)(half + 127) << 23);
    const float high = ck_from_bits((uint32_t)(exponent - half + 127) << 23);
    return parts.power * low * high;
}

/// e^x for x ≤ 88, and 0 below e^-87, where `ck_exp` gets denormals too: two thirds of its time. NaN stays NaN.
CK_INLINE float ck_exp_decaying(float x) {
    const ck_exp_parts parts = ck_exp_split(x);
    const float scaled = parts.power * ck_from_bits((ck_to_bits(parts.shifted) << 23) + 0x3f800000u);
    return x < -87.0f ? 0.0f : scaled;
}

/// 1 / (1 + e^-x)
CK_INLINE float ck_sigmoid(float x) {
    const float power = ck_exp_decaying(x < 0 ? x : -x);
    return (x < 0 ? power : 1.0f) / (1.0f + power);
}

/// tanh: an odd polynomial near 0, where the exponential form cancels.
CK_INLINE float ck_tanh(float x) {
    const float square = x * x;
    float p = -5.70498872745e-3f; // Coefficients: Cephes tanhf
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    const float small = p * square * x + x;
    const float magnitude = x < 0 ? -x : x;
    const float large = 1.0f - 2.0f / (ck_exp(2.0f * magnitude) + 1.0f);
    const float signed_large = x < 0 ? -large : large;
    return magnitude < 0.625f ? small : signed_large;
}

/// erf: x + x P(x²) near 0, else 1 − e^−Q(|x|) with Q fitted to −ln erfc. At most 1.1 units in the last place.
CK_INLINE float ck_erf(float x) {
    const float square = x * x;
    float p = 8.412655e-5f;
    p = p * square - 8.1537786e-4f;
    p = p * square + 5.2021304e-3f;
    p = p * square - 2.6859913e-2f;
    p = p * square + 1.12837069e-1f;
    p = p * square - 3.7612635e-1f;
    p = p * square + 1.28379166e-1f;
    const float small = x * p + x;
    float magnitude = x < 0 ? -x : x;
    magnitude = magnitude > 4.0f ? 4.0f : magnitude; // beyond, erf rounds to 1
    float q = 2.111769e-5f;
    q = q * magnitude - 4.3457854e-4f;
    q = q * magnitude + 4.1709403e-3f;
    q = q * magnitude - 2.5117368e-2f;
    q = q * magnitude + 1.08274333e-1f;
    q = q * magnitude + 6.3335437e-1f;
    q = q * magnitude + 1.12951016f;
    q = q * magnitude - 1.734939e-4f;
    const float large = 1.0f - ck_exp(-q);
    const float signed_large = x < 0 ? -large : large;
    return magnitude < 0.92f ? small : signed_large;
}

/// Of a standard normal variable at x: the probability Φ(x) of being smaller, and the density φ(x).
typedef struct {
    float probability;
    float density;
} ck_normal;

/// Φ(−|x|) = e^(−x²/2) R(u) with u = |x| / (|x| + 1 / 0.33), R fitted to 1.4·10⁻⁸ for |x| ≤ 14.8: the lower tail does not
/// cancel. At most 3 units in the last place for x > 0, 6 for x > −2, 13 for x > −4.
CK_INLINE ck_normal ck_normal_at(float x) {
    float magnitude = x < 0 ? -0.33f * x : 0.33f * x;
    magnitude = magnitude > 8.0f ? 8.0f : magnitude; // beyond, Φ(−|x|) rounds to 0
    const float u = magnitude / (1.0f + magnitude);
    float r = 2.572088773e-2f;
    r = r * u - 8.368623296e-2f;
    r = r * u + 6.415036149e-2f;
    r = r * u + 2.313611822e-2f;
    r = r * u + 6.483911203e-2f;
    r = r * u - 1.541450159e-1f;
    r = r * u - 3.178642921e-1f;
    r = r * u + 1.086771473f;
    r = r * u - 1.208916292f;
    r = r * u + 0.5f;
    const float power = ck_exp(-0.5f * x * x);
    const float tail = power * r;
    return (ck_normal){x < 0 ? tail : 1.0f - tail, 0.39894228f * power};
}

#endif
