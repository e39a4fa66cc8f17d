#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint FUNCTION = 0; // 0 sum, 1 maximum, 2 sum of squares
layout(constant_id = 2) const bool SPREAD = true;
layout(constant_id = 3) const bool VECTOR = true;
layout(constant_id = 4) const uint KEPT = 1;
layout(constant_id = 5) const uint REDUCED = 1;
layout(constant_id = 6) const bool ACCUMULATE = false;
layout(constant_id = 7) const bool SUBGROUP = true;
#include "operands.glsl"
#include "lanes.glsl"

// Reduces groups of elements. A group's elements are cut into pieces, each reduced by one workgroup (SPREAD) or one invocation;
// the results, [pieces, groups] if there are several pieces, are what a second pass reduces.
//
// Slots: 0 output, 1 input, 2 the output as input. With VECTOR four elements at once: of a group with SPREAD (its elements are
// neighbours), else of four neighbouring groups.
layout(push_constant) uniform Parameters {
    uint groupCount;
    uint groupSize;
    uint pieceSize;
    uint pieceCount;
    uint sourceOffset;
    uint targetOffset;
    uint pieceStride; // distance of two pieces' results
    uint keptExtents[3];
    uint keptSources[3];
    uint keptTargets[3];
    uint reducedExtents[3];
    uint reducedStrides[3];
};

OUTPUT(0, target)
INPUT(1, source)
INPUT(2, prior)

vec4 joined(vec4 sum, vec4 value) {
    if (FUNCTION == 1) {
        [[unroll]] for (uint e = 0; e < 4; e++) sum[e] = larger(sum[e], value[e]);
        return sum;
    }
    return sum + (FUNCTION == 2 ? value * value : value);
}

uvec2 keptPlace(uint group) {
    uvec2 result = uvec2(sourceOffset, targetOffset);
    [[unroll]] for (uint step = 0; step < KEPT; step++) {
        const uint axis = KEPT - 1 - step;
        uint position = group;
        if (step + 1 < KEPT) {
            group /= keptExtents[axis];
            position -= group * keptExtents[axis];
        }
        result += position * uvec2(keptSources[axis], keptTargets[axis]);
    }
    return result;
}

uint reducedPlace(uint index) {
    uint result = 0;
    [[unroll]] for (uint step = 0; step < REDUCED; step++) {
        const uint axis = REDUCED - 1 - step;
        uint position = index;
        if (step + 1 < REDUCED) {
            index /= reducedExtents[axis];
            position -= index * reducedExtents[axis];
        }
        result += position * reducedStrides[axis];
    }
    return result;
}

float neutral() { return FUNCTION == 1 ? uintBitsToFloat(0xff800000u) : 0.0; }

void put(uint place, float value) { put1(place, ACCUMULATE ? value + prior1(place) : value); }

/// One workgroup, one piece of one group.
void spread(uint number) {
    if (number >= groupCount * pieceCount) return;
    const uint group = number % groupCount, piece = number / groupCount;
    const uvec2 place = keptPlace(group);
    const uint end = min(groupSize, (piece + 1) * pieceSize), lanes = gl_WorkGroupSize.x;
    vec4 sum = vec4(neutral());
    if (VECTOR) {
        for (uint i = piece * pieceSize + 4 * gl_LocalInvocationID.x; i < end; i += 4 * lanes)
            sum = joined(sum, source4((place.x + i) >> 2));
    } else {
        for (uint i = piece * pieceSize + gl_LocalInvocationID.x; i < end; i += 4 * lanes) {
            vec4 value = vec4(neutral());
            [[unroll]] for (uint e = 0; e < 4; e++)
                if (i + e * lanes < end) value[e] = source1(place.x + reducedPlace(i + e * lanes));
            sum = joined(sum, value);
        }
    }
    float result;
    if (FUNCTION == 1)
        result = laneMaximum(larger(larger(sum.x, sum.y), larger(sum.z, sum.w)));
    else
        result = laneSum((sum.x + sum.y) + (sum.z + sum.w));
    if (gl_LocalInvocationID.x == 0) put(place.y + piece * pieceStride, result);
}

/// One invocation, one piece of one group or, with VECTOR, of four neighbouring groups.
void alone(uint number) {
    const uint width = VECTOR ? 4 : 1, groups = groupCount / width;
    if (number >= groups * pieceCount) return;
    const uint group = number % groups * width, piece = number / groups;
    const uvec2 place = keptPlace(group);
    const uint end = min(groupSize, (piece + 1) * pieceSize);
    vec4 sum = vec4(neutral());
    for (uint i = piece * pieceSize; i < end; i++) {
        const uint element = place.x + reducedPlace(i);
        if (VECTOR) sum = joined(sum, source4(element >> 2));
        else sum = joined(sum, vec4(source1(element)));
    }
    const uint result = place.y + piece * pieceStride;
    if (VECTOR) {
        put4(result >> 2, ACCUMULATE ? sum + prior4(result >> 2) : sum);
    } else {
        put(result, sum.x);
    }
}

void main() {
    if (SPREAD) spread(groupNumber());
    else alone(groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x);
}
