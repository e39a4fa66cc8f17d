#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// output = input converted to another element type, or the same bits, or a constant; any strides, one element per invocation.
// A float becomes an integer by truncation towards zero and saturates; NaN becomes 0. It becomes a float16 by rounding to nearest,
// ties to even: by hand, since packHalf2x16 may round either way.
//
// Slots: 0 output, 1 input, both as 32-bit words. Types: 0 float32, 1 int32, 2 uint8, 3 none (the constant), 4 float16.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint SOURCE = 0;
layout(constant_id = 2) const uint TARGET = 0;
layout(constant_id = 3) const uint RANK = 1;

const uint largestRank = 5;
layout(push_constant) uniform Parameters {
    uint count;
    float constant;
    uint offsets[2];
    uint extents[largestRank];
    uint strides[2 * largestRank];
};

layout(binding = 0) buffer Target { uint target[]; };
layout(binding = 1) readonly buffer Source { uint source[]; };

uvec2 places(uint index) {
    uvec2 result = uvec2(offsets[0], offsets[1]);
    [[unroll]] for (uint step = 0; step < RANK; step++) {
        const uint axis = RANK - 1 - step;
        const uint rest = index / extents[axis];
        result += (index - rest * extents[axis]) * uvec2(strides[axis], strides[largestRank + axis]);
        index = rest;
    }
    return result;
}

int truncated(float value, float low, float high, int lowest, int highest) {
    if (isnan(value)) return 0;
    return value <= low ? lowest : value >= high ? highest : int(value);
}

uint byteOf(int value) { return uint(clamp(value, 0, 255)); }

/// A float16's bits as those of the equal float32.
uint floatOfHalf(uint bits) {
    const uint sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31, mantissa = bits & 0x3ffu;
    if (exponent == 31) return sign | 0x7f800000u | mantissa << 13;
    // Below 2⁻¹⁴: multiples of 2⁻²⁴.
    if (exponent == 0) return sign | floatBitsToUint(float(mantissa) * 5.9604644775390625e-8);
    return sign | (exponent + 112) << 23 | mantissa << 13;
}

/// A float32's bits as those of the nearest float16.
uint halfOfFloat(uint bits) {
    const uint sign = bits >> 16 & 0x8000u, size = bits & 0x7fffffffu;
    if (size > 0x7f800000u) return sign | 0x7e00u;
    if (size >= 0x47800000u) return sign | 0x7c00u; // from 65,536 on
    const bool isSmall = size < 0x38800000u; // below 2⁻¹⁴
    if (size < 0x33000000u) return sign; // below 2⁻²⁵
    // Digits to drop, and what remains before rounding; a carry goes into the exponent, where it belongs.
    const uint shift = isSmall ? 126 - (size >> 23) : 13;
    const uint digits = isSmall ? (size & 0x7fffffu) | 0x800000u : size - 0x38000000u;
    const uint kept = digits >> shift, rest = digits & ((1u << shift) - 1), middle = 1u << (shift - 1);
    return sign | (kept + (rest > middle || (rest == middle && (kept & 1) == 1) ? 1 : 0));
}

uint halfAt(uint place) { return source[place >> 1] >> (16 * (place & 1)) & 0xffffu; }

/// The element's bits in the output's type.
uint converted(uint place) {
    if (SOURCE == 4 && TARGET == 4) return halfAt(place);
    if (SOURCE == 0 || SOURCE == 3 || SOURCE == 4) {
        const uint bits = SOURCE == 3 ? floatBitsToUint(constant) : SOURCE == 4 ? floatOfHalf(halfAt(place)) : source[place];
        const float value = uintBitsToFloat(bits);
        if (TARGET == 1) return uint(truncated(value, -2147483648.0, 2147483648.0, -2147483647 - 1, 2147483647));
        if (TARGET == 2) return uint(truncated(value, 0.0, 255.0, 0, 255));
        return TARGET == 4 ? halfOfFloat(bits) : bits;
    }
    const int value = SOURCE == 1 ? int(source[place]) : int(source[place >> 2] >> (8 * (place & 3)) & 255);
    if (TARGET == 0) return floatBitsToUint(float(value));
    if (TARGET == 4) return halfOfFloat(floatBitsToUint(float(value)));
    return TARGET == 2 ? byteOf(value) : uint(value);
}

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uvec2 place = places(index);
    const uint bits = converted(place.y);
    if (TARGET != 2 && TARGET != 4) {
        target[place.x] = bits;
        return;
    }
    // Four or two elements share a word, and other invocations may be writing their neighbours.
    const uint width = TARGET == 2 ? 8 : 16, perWord = 32 / width;
    const uint shift = width * (place.x % perWord), mask = (1u << width) - 1;
    atomicAnd(target[place.x / perWord], ~(mask << shift));
    atomicOr(target[place.x / perWord], bits << shift);
}
