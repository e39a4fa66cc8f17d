#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool SUBGROUP = true;
layout(constant_id = 2) const bool KEEP = false;
layout(constant_id = 3) const bool MASKED = false; // rows of −∞ become 0
const bool VECTOR = true;
#include "operands.glsl"
#include "lanes.glsl"
#include "functions.glsl"
#include "rows.glsl"

// Each row of scores becomes e^(x − maximum), in place; 1/Σ goes to `inverses`, with KEEP ln Σ + maximum to `kept`. One row per
// workgroup. Rows are whole vectors apart; elements between the row's end and the next vector become 0. The inverse of a row of zeros is 0.
//
// Slots: 0 the scores [rows, 4 · units], 1 the same as input, 2 inverses [rows], 3 kept [rows].
layout(push_constant) uniform Parameters {
    uint rows, width, units;
    uint scoreOffset, inverseOffset, keptOffset;
};

ROW_OUTPUT(0, target)
ROW_INPUT(1, score)
layout(binding = 2) writeonly buffer Inverses { float inverses[]; };
layout(binding = 3) writeonly buffer Kept { float kept[]; };

/// Elements past the width are −∞.
vec4 scores(uint start, uint unit) {
    vec4 value = score(start, unit, 0);
    [[unroll]] for (uint e = 0; e < 4; e++)
        if (4 * unit + e >= width) value[e] = uintBitsToFloat(0xff800000u);
    return value;
}

void main() {
    const uint row = groupNumber(), lane = gl_LocalInvocationID.x;
    if (row >= rows) return;
    const uint start = scoreOffset + row * 4 * units;
    vec4 highest = vec4(uintBitsToFloat(0xff800000u));
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) highest = max(highest, scores(start, unit));
    float maximum = laneMaximum(max(max(highest.x, highest.y), max(highest.z, highest.w)));
    // A finite number: −∞ less it is −∞.
    if (MASKED && maximum == uintBitsToFloat(0xff800000u)) maximum = uintBitsToFloat(0xff7fffffu);
    vec4 sums = vec4(0);
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        const vec4 value = exactExp(scores(start, unit) - maximum);
        sums += value;
        targetPut(start, unit, 0, value);
    }
    const float sum = laneSum(total(sums));
    if (lane != 0) return;
    inverses[inverseOffset + row] = sum == 0.0 ? 0.0 : 1.0 / sum;
    if (KEEP) kept[keptOffset + row] = maximum + exactLog(vec4(sum)).x;
}
