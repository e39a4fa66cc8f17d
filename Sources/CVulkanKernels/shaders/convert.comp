#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// output = input converted to another element type, or the same bits, or a constant; any strides, one element per invocation.
// A float becomes an integer by truncation towards zero and saturates; NaN becomes 0.
//
// Slots: 0 output, 1 input, both as 32-bit words. Types: 0 float32, 1 int32, 2 uint8, 3 none (the constant).
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

/// The element's bits in the output's type.
uint converted(uint place) {
    if (SOURCE == 0 || SOURCE == 3) {
        const float value = SOURCE == 3 ? constant : uintBitsToFloat(source[place]);
        if (TARGET == 1) return uint(truncated(value, -2147483648.0, 2147483648.0, -2147483647 - 1, 2147483647));
        if (TARGET == 2) return uint(truncated(value, 0.0, 255.0, 0, 255));
        return SOURCE == 3 ? floatBitsToUint(value) : source[place];
    }
    const int value = SOURCE == 1 ? int(source[place]) : int(source[place >> 2] >> (8 * (place & 3)) & 255);
    if (TARGET == 0) return floatBitsToUint(float(value));
    return TARGET == 2 ? byteOf(value) : uint(value);
}

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uvec2 place = places(index);
    const uint bits = converted(place.y);
    if (TARGET != 2) {
        target[place.x] = bits;
        return;
    }
    // Four elements share a word, and other invocations may be writing their neighbours.
    const uint shift = 8 * (place.x & 3);
    atomicAnd(target[place.x >> 2], ~(255u << shift));
    atomicOr(target[place.x >> 2], bits << shift);
}
