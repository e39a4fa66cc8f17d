#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool ACCUMULATE = false;
#include "operands.glsl"
#include "rows.glsl"

// The gradient of `layer_norm_forward` with respect to the modulation: dy for the shift, dy (n · w + b) for the scale, 0 for the
// gate; one unit of one row per invocation.
//
// Slots: 0 the gradient [rows, 3, width], 1 x, 2 w, 3 b, 4 dy, 5 kept [rows, 2], 6 the gradient as input.
layout(push_constant) uniform Parameters {
    uint count; // units of all rows
    uint width;
    uint targetOffset, xOffset, weightOffset, biasOffset, dyOffset, keptOffset;
};

ROW_OUTPUT(0, target)
ROW_INPUT(1, x)
ROW_INPUT(2, weight)
ROW_INPUT(3, bias)
ROW_INPUT(4, dy)
INPUT(5, kept)
ROW_INPUT(6, prior)

void put(uint start, uint unit, vec4 value) {
    if (ACCUMULATE) value += prior(start, unit, width);
    targetPut(start, unit, width, value);
}

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x, units = (width + 3) / 4;
    if (index >= count) return;
    const uint row = index / units, unit = index - row * units, start = targetOffset + row * 3 * width;
    const vec4 gradient = dy(dyOffset + row * width, unit, width);
    const vec4 n = (x(xOffset + row * width, unit, width) - kept1(keptOffset + 2 * row)) * kept1(keptOffset + 2 * row + 1);
    put(start, unit, gradient);
    put(start + width, unit, gradient * (n * weight(weightOffset, unit, width) + bias(biasOffset, unit, width)));
    if (!ACCUMULATE) targetPut(start + 2 * width, unit, width, vec4(0));
}
