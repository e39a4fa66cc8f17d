#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool SUBGROUP = true;
layout(constant_id = 3) const uint FACTORS = 1; // bit 0 weight, 1 scale
layout(constant_id = 4) const bool CENTRED = false;
layout(constant_id = 5) const bool ACCUMULATE = false;
#include "operands.glsl"
#include "lanes.glsl"
#include "rows.glsl"

// The gradient of `norm_forward` with respect to x, one row per workgroup: with f = w (1 + scale), n = x − m and
// r = 1/√(…), dx = r f dy − r³ n Σ(dy f n) / width, with CENTRED minus r Σ(dy f) / width.
//
// Slots: 0 dx, 1 x, 2 w, 3 scale, 4 dy, 5 kept, 6 dx as input.
layout(push_constant) uniform Parameters {
    uint rows, width, rowsPerImage;
    uint dxOffset, xOffset, weightOffset, scaleOffset, dyOffset, keptOffset;
    uint scaleStride;
};

ROW_OUTPUT(0, dx)
ROW_INPUT(1, x)
ROW_INPUT(2, weight)
ROW_INPUT(3, scale)
ROW_INPUT(4, dy)
INPUT(5, kept)
ROW_INPUT(6, prior)

/// dy · f.
vec4 weighted(uint row, uint unit) {
    vec4 value = dy(dyOffset + row * width, unit, width);
    if ((FACTORS & 1) != 0) value *= weight(weightOffset, unit, width);
    if ((FACTORS & 2) != 0) value *= 1.0 + scale(scaleOffset + row / rowsPerImage * scaleStride, unit, width);
    return value;
}

void main() {
    const uint row = groupNumber(), units = (width + 3) / 4, lane = gl_LocalInvocationID.x;
    if (row >= rows) return;
    const uint start = row * width;
    const float inverse = kept1(keptOffset + (CENTRED ? 2 * row : row));
    const float mean = CENTRED ? kept1(keptOffset + 2 * row + 1) : 0.0;
    vec4 products = vec4(0), sums = vec4(0);
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        // Elements past the width are 0 in dy.
        const vec4 gradient = weighted(row, unit);
        products += gradient * (x(xOffset + start, unit, width) - mean);
        sums += gradient;
    }
    const float pull = inverse * inverse * inverse * laneSum(total(products)) / float(width);
    const float offset = CENTRED ? inverse * laneSum(total(sums)) / float(width) : 0.0;
    for (uint unit = lane; unit < units; unit += gl_WorkGroupSize.x) {
        vec4 value = inverse * weighted(row, unit) - pull * (x(xOffset + start, unit, width) - mean) - offset;
        if (ACCUMULATE) value += prior(dxOffset + start, unit, width);
        dxPut(dxOffset + start, unit, width, value);
    }
}
