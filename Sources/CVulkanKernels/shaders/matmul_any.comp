#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// C = scale · A B with any strides, one invocation per element of C: for small products.
//
// Slots: 0 C, 1 A, 2 B, 3 C as input.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool ACCUMULATE = false;

layout(push_constant) uniform Parameters {
    uint count; // elements of C
    uint rows, columns, depth;
    float scale;
    uint aOffset, bOffset, cOffset;
    uint aRow, aDepth, bDepth, bColumn, cRow, cColumn; // strides
    uint extents[2]; // of the two inner batch axes
    uint aSteps[3], bSteps[3], cSteps[3];
};

OUTPUT(0, c)
INPUT(1, a)
INPUT(2, b)
INPUT(3, prior)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uint column = index % columns, row = index / columns % rows, batch = index / columns / rows;
    const uint inner = batch % extents[1], middle = batch / extents[1] % extents[0], outer = batch / extents[1] / extents[0];
    const uint aStart = aOffset + outer * aSteps[0] + middle * aSteps[1] + inner * aSteps[2] + row * aRow;
    const uint bStart = bOffset + outer * bSteps[0] + middle * bSteps[1] + inner * bSteps[2] + column * bColumn;
    const uint cPlace = cOffset + outer * cSteps[0] + middle * cSteps[1] + inner * cSteps[2] + row * cRow + column * cColumn;
    vec4 sum = vec4(0);
    for (uint k = 0; k < depth; k += 4) {
        [[unroll]] for (uint e = 0; e < 4; e++)
            if (k + e < depth) sum[e] += a1(aStart + (k + e) * aDepth) * b1(bStart + (k + e) * bDepth);
    }
    float value = ((sum.x + sum.y) + (sum.z + sum.w)) * scale;
    if (ACCUMULATE) value += prior1(cPlace);
    put1(cPlace, value);
}
