#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool KEEP = false;
#include "operands.glsl"
#include "rows.glsl"

// y = (n · w + b) · (1 + scale) + shift with n = (x − mean) / √(variance + ε); every row has a modulation of its own: shift,
// scale and gate, [rows, 3, width]. Rows are narrow: one row per invocation. With KEEP mean and 1/√(…) are kept.
//
// Slots: 0 y [rows, width], 1 x, 2 w [width], 3 b, 4 modulation, 5 kept [rows, 2].
layout(push_constant) uniform Parameters {
    uint rows, width;
    float epsilon;
    uint yOffset, xOffset, weightOffset, biasOffset, modulationOffset, keptOffset;
};

ROW_OUTPUT(0, y)
ROW_INPUT(1, x)
ROW_INPUT(2, weight)
ROW_INPUT(3, bias)
ROW_INPUT(4, modulation)
layout(binding = 5) writeonly buffer Kept { float kept[]; };

void main() {
    const uint row = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (row >= rows) return;
    const uint start = xOffset + row * width, units = (width + 3) / 4, condition = modulationOffset + row * 3 * width;
    vec4 sums = vec4(0);
    for (uint unit = 0; unit < units; unit++) sums += x(start, unit, width);
    const float mean = total(sums) / float(width);
    vec4 squares = vec4(0);
    for (uint unit = 0; unit < units; unit++) {
        vec4 centred = x(start, unit, width) - mean;
        [[unroll]] for (uint e = 0; e < 4; e++) if (4 * unit + e >= width) centred[e] = 0;
        squares += centred * centred;
    }
    const float inverse = 1.0 / sqrt(total(squares) / float(width) + epsilon);
    if (KEEP) {
        kept[keptOffset + 2 * row] = mean;
        kept[keptOffset + 2 * row + 1] = inverse;
    }
    for (uint unit = 0; unit < units; unit++) {
        const vec4 inner = (x(start, unit, width) - mean) * inverse * weight(weightOffset, unit, width) + bias(biasOffset, unit, width);
        yPut(yOffset + row * width, unit, width,
             inner * (1.0 + modulation(condition + width, unit, width)) + modulation(condition, unit, width));
    }
}
