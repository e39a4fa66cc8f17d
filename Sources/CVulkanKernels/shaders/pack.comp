#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// Matrices with any strides → dense rows of whole vectors, zeros beyond the columns.
//
// Slots: 0 output [batch, rows, 4 · units], 1 input. One vector per invocation.
layout(local_size_x_id = 0) in;

layout(push_constant) uniform Parameters {
    uint count; // vectors
    uint rows, columns, units;
    uint targetOffset, sourceOffset;
    uint rowStride, columnStride;
    uint extents[2]; // of the two inner batch axes
    uint steps[3];
};

OUTPUT(0, target)
INPUT(1, source)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uint unit = index % units, row = index / units % rows, batch = index / units / rows;
    const uint inner = batch % extents[1], middle = batch / extents[1] % extents[0], outer = batch / extents[1] / extents[0];
    const uint start = sourceOffset + outer * steps[0] + middle * steps[1] + inner * steps[2] + row * rowStride;
    vec4 value = vec4(0);
    [[unroll]] for (uint e = 0; e < 4; e++)
        if (4 * unit + e < columns) value[e] = source1(start + (4 * unit + e) * columnStride);
    put4((targetOffset >> 2) + index, value);
}
