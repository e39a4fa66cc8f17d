#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool ACCUMULATE = false;
#include "operands.glsl"
#include "rows.glsl"

// The gradient of `layer_norm_forward` with respect to x, one row per invocation: with g = dy (1 + scale) w and r = 1/√(…),
// dx = r (g − mean(g) − n · mean(g n)).
//
// Slots: 0 dx, 1 x, 2 w, 3 modulation, 4 dy, 5 kept [rows, 2], 6 dx as input.
layout(push_constant) uniform Parameters {
    uint rows, width;
    uint dxOffset, xOffset, weightOffset, modulationOffset, dyOffset, keptOffset;
};

ROW_OUTPUT(0, dx)
ROW_INPUT(1, x)
ROW_INPUT(2, weight)
ROW_INPUT(3, modulation)
ROW_INPUT(4, dy)
INPUT(5, kept)
ROW_INPUT(6, prior)

void main() {
    const uint row = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (row >= rows) return;
    const uint start = row * width, units = (width + 3) / 4, scale = modulationOffset + 3 * start + width;
    const float mean = kept1(keptOffset + 2 * row), inverse = kept1(keptOffset + 2 * row + 1);
    vec4 sums = vec4(0), products = vec4(0);
    for (uint unit = 0; unit < units; unit++) {
        // Elements past the width are 0 in dy.
        const vec4 g = dy(dyOffset + start, unit, width) * (1.0 + modulation(scale, unit, width)) * weight(weightOffset, unit, width);
        sums += g;
        products += g * (x(xOffset + start, unit, width) - mean) * inverse;
    }
    const float meanGradient = total(sums) / float(width), meanProduct = total(products) / float(width);
    for (uint unit = 0; unit < units; unit++) {
        const vec4 g = dy(dyOffset + start, unit, width) * (1.0 + modulation(scale, unit, width)) * weight(weightOffset, unit, width);
        const vec4 n = (x(xOffset + start, unit, width) - mean) * inverse;
        vec4 value = inverse * (g - meanGradient - n * meanProduct);
        if (ACCUMULATE) value += prior(dxOffset + start, unit, width);
        dxPut(dxOffset + start, unit, width, value);
    }
}
