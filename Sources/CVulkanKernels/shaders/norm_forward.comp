#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool SUBGROUP = true;
layout(constant_id = 3) const uint FACTORS = 1; // bit 0 weight, 1 scale, 2 shift
layout(constant_id = 4) const bool CENTRED = false;
layout(constant_id = 5) const bool KEEP = false;
#include "operands.glsl"
#include "lanes.glsl"
#include "rows.glsl"

// y = (x − m) / √(mean((x − m)²) + ε) · w · (1 + scale) + shift, without the factors that FACTORS does not name; m is the row's
// mean with CENTRED (layer norm), else 0 (RMS norm). One row per workgroup. With KEEP 1/√(…) is kept, with CENTRED m too.
//
// Slots: 0 y [rows, width], 1 x, 2 w [width], 3 scale, 4 shift (a row per image), 5 kept [rows] or [rows, 2].
layout(push_constant) uniform Parameters {
    uint rows, width, rowsPerImage;
    float epsilon;
    uint yOffset, xOffset, weightOffset, scaleOffset, shiftOffset, keptOffset;
    uint scaleStride, shiftStride;
};

ROW_OUTPUT(0, y)
ROW_INPUT(1, x)
ROW_INPUT(2, weight)
ROW_INPUT(3, scale)
ROW_INPUT(4, shift)
layout(binding = 5) writeonly buffer Kept { float kept[]; };

void main() {
    const uint row = groupNumber(), units = (width + 3) / 4, lane = gl_LocalInvocationID.x;
    if (row >= rows) return;
    const uint start = row * width, image = row / rowsPerImage;
    float mean = 0;
    if (CENTRED) {
        vec4 sums = vec4(0);
        for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) sums += x(xOffset + start, unit, width);
        mean = laneSum(total(sums)) / float(width);
    }
    vec4 squares = vec4(0);
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        vec4 value = x(xOffset + start, unit, width) - mean;
        if (CENTRED && !VECTOR) {
            [[unroll]] for (uint e = 0; e < 4; e++) if (4 * unit + e >= width) value[e] = 0;
        }
        squares += value * value;
    }
    const float inverse = 1.0 / sqrt(laneSum(total(squares)) / float(width) + epsilon);
    if (KEEP && lane == 0) {
        kept[keptOffset + (CENTRED ? 2 * row : row)] = inverse;
        if (CENTRED) kept[keptOffset + 2 * row + 1] = mean;
    }
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        vec4 value = (x(xOffset + start, unit, width) - mean) * inverse;
        if ((FACTORS & 1) != 0) value *= weight(weightOffset, unit, width);
        if ((FACTORS & 2) != 0) value *= 1.0 + scale(scaleOffset + image * scaleStride, unit, width);
        if ((FACTORS & 4) != 0) value += shift(shiftOffset + image * shiftStride, unit, width);
        yPut(yOffset + start, unit, width, value);
    }
}
