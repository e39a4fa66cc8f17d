#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"
#include "functions.glsl"

// output = f(a, b, c) for each element, any strides; with ACCUMULATE the result is added to what the output holds.
//
// Slots: 0 output, 1 a, 2 b, 3 c, 4 the output as input. A unit is four neighbours along the last axis. With VECTOR, units lie
// in whole vectors (bit i of REPEATED: input i repeats one element along the last axis) and the last extent counts units; else
// each element has an address of its own.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint FUNCTION = 0;
layout(constant_id = 2) const uint RANK = 1;
layout(constant_id = 3) const bool VECTOR = true;
layout(constant_id = 4) const uint REPEATED = 0;
layout(constant_id = 5) const bool ACCUMULATE = false;
layout(constant_id = 6) const uint UNITS = 4;

const uint largestRank = 5;
layout(push_constant) uniform Parameters {
    uint count; // units with VECTOR, else elements
    float first, second;
    uint offsets[4];
    uint extents[largestRank];
    uint strides[4 * largestRank]; // operand by operand
};

OUTPUT(0, target)
INPUT(1, a)
INPUT(2, b)
INPUT(3, c)
INPUT(4, prior)

// The numbers are those of `ElementFunction`.
const uint firstBinary = 32, firstTernary = 64;

vec4 binary(vec4 x, vec4 y) {
    switch (FUNCTION - firstBinary) {
        case 0: return x + y;
        case 1: return x - y;
        case 2: return x * y;
        case 3: return x / y;
        case 4: return mix(y, x, bvec4(x.x >= y.x || isnan(x.x), x.y >= y.y || isnan(x.y), x.z >= y.z || isnan(x.z), x.w >= y.w || isnan(x.w)));
        case 5: return mix(y, x, bvec4(x.x <= y.x || isnan(x.x), x.y <= y.y || isnan(x.y), x.z <= y.z || isnan(x.z), x.w <= y.w || isnan(x.w)));
        case 6: return vec4(lessThan(x, y));
        case 7: return vec4(lessThanEqual(x, y));
        case 8: return vec4(equal(x, y));
        case 9: return first * x + second * y;
        case 10: return x * exactSigmoid(x) * y;
        case 11: { // the gradient of gelu(x), for the cotangent y
            const Normal normal = normalAt(x);
            return y * (normal.probability + x * normal.density);
        }
    }
    return x;
}

vec4 ternary(vec4 x, vec4 y, vec4 z) {
    switch (FUNCTION - firstTernary) {
        case 0: return mix(z, y, notEqual(x, vec4(0)));
        case 1: return x + y * z;
        case 2: { // the gradient of silu(x) · y with respect to x, for the cotangent z
            const vec4 s = exactSigmoid(x);
            return z * y * s * (1.0 + x * (1.0 - s));
        }
    }
    return x;
}

vec4 unary(vec4 x) {
    switch (FUNCTION) {
        case 0: return x;
        case 1: return -x;
        case 2: return abs(x);
        case 3: return x * x;
        case 4: return sqrt(x);
        case 5: return 1.0 / sqrt(x);
        case 6: return 1.0 / x;
        case 7: return exactExp(x);
        case 8: return exactLog(x);
        case 9: return exactSine(x, 0);
        case 10: return exactSine(x, 1);
        case 11: return exactTanh(x);
        case 12: return exactSigmoid(x);
        case 13: return x * exactSigmoid(x);
        case 14: return exactErf(x);
        case 15: return first * x + second;
        case 16: return mix(mix(x, vec4(second), greaterThan(x, vec4(second))), vec4(first), lessThan(x, vec4(first)));
        case 17: return vec4(first);
        case 18: return x * normalAt(x).probability;
    }
    return x;
}

bool uses(uint operand) {
    if (operand == 0) return FUNCTION != 17;
    if (operand == 1) return FUNCTION >= firstBinary;
    return FUNCTION >= firstTernary;
}

/// Where element (or unit) `index` lies in each operand.
uvec4 places(uint index) {
    uvec4 result = uvec4(offsets[0], offsets[1], offsets[2], offsets[3]);
    [[unroll]] for (uint step = 0; step < RANK; step++) {
        const uint axis = RANK - 1 - step;
        uint position = index;
        if (step + 1 < RANK) {
            index /= extents[axis];
            position -= index * extents[axis];
        }
        result += position * uvec4(strides[axis], strides[largestRank + axis], strides[2 * largestRank + axis],
                                   strides[3 * largestRank + axis]);
    }
    return result;
}

vec4 apply(vec4 x, vec4 y, vec4 z) {
    return FUNCTION >= firstTernary ? ternary(x, y, z) : FUNCTION >= firstBinary ? binary(x, y) : unary(x);
}

void vectorUnit(uint index) {
    const uvec4 place = places(index);
    vec4 x = vec4(0), y = vec4(0), z = vec4(0);
    if (uses(0)) { if ((REPEATED & 1) != 0) x = vec4(a1(place.y)); else x = a4(place.y >> 2); }
    if (uses(1)) { if ((REPEATED & 2) != 0) y = vec4(b1(place.z)); else y = b4(place.z >> 2); }
    if (uses(2)) { if ((REPEATED & 4) != 0) z = vec4(c1(place.w)); else z = c4(place.w >> 2); }
    vec4 value = apply(x, y, z);
    if (ACCUMULATE) value += prior4(place.x >> 2);
    put4(place.x >> 2, value);
}

void scalarUnit(uint start) {
    vec4 x = vec4(0), y = vec4(0), z = vec4(0), old = vec4(0);
    uvec4 targets;
    [[unroll]] for (uint e = 0; e < 4; e++) {
        const uvec4 place = places(min(start + e, count - 1));
        targets[e] = place.x;
        if (uses(0)) x[e] = a1(place.y);
        if (uses(1)) y[e] = b1(place.z);
        if (uses(2)) z[e] = c1(place.w);
        if (ACCUMULATE) old[e] = prior1(place.x);
    }
    const vec4 value = apply(x, y, z) + old;
    [[unroll]] for (uint e = 0; e < 4; e++)
        if (start + e < count) put1(targets[e], value[e]);
}

void main() {
    const uint start = groupNumber() * UNITS * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    [[unroll]] for (uint u = 0; u < UNITS; u++) {
        const uint unit = start + u * gl_WorkGroupSize.x;
        if (VECTOR) {
            if (unit < count) vectorUnit(unit);
        } else {
            if (4 * unit < count) scalarUnit(4 * unit);
        }
    }
}
