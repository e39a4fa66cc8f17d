#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool SUBGROUP = true;
layout(constant_id = 3) const bool MODULATED = false;
layout(constant_id = 4) const bool KEEP = false;
#include "operands.glsl"
#include "lanes.glsl"
#include "rows.glsl"

// y = x / √(mean(x²) + ε) · w, with MODULATED times (1 + scale) plus shift; one row per workgroup; with KEEP 1/rms is kept.
//
// Slots: 0 y [rows, width], 1 x, 2 w [width], 3 scale, 4 shift (a row per image), 5 1/rms [rows].
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
    vec4 squares = vec4(0);
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        const vec4 value = x(xOffset + start, unit, width);
        squares += value * value;
    }
    const float inverse = 1.0 / sqrt(laneSum(total(squares)) / float(width) + epsilon);
    if (KEEP && lane == 0) kept[keptOffset + row] = inverse;
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        vec4 value = x(xOffset + start, unit, width) * inverse * weight(weightOffset, unit, width);
        if (MODULATED)
            value = value * (1.0 + scale(scaleOffset + image * scaleStride, unit, width)) +
                    shift(shiftOffset + image * shiftStride, unit, width);
        yPut(yOffset + start, unit, width, value);
    }
}
