#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
#include "operands.glsl"
#include "rows.glsl"

// The gradients of `layer_norm_forward` with respect to w and b, summed over the rows of a chunk: Σ dy (1 + scale) n and
// Σ dy (1 + scale); one unit of one chunk per invocation.
//
// Slots: 0 sums [chunks, 2, width], 1 x, 2 modulation, 3 dy, 4 kept [rows, 2].
layout(push_constant) uniform Parameters {
    uint count; // units of all chunks
    uint rows, width, rowsPerChunk;
    uint sumsOffset, xOffset, modulationOffset, dyOffset, keptOffset;
};

ROW_OUTPUT(0, sums)
ROW_INPUT(1, x)
ROW_INPUT(2, modulation)
ROW_INPUT(3, dy)
INPUT(4, kept)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x, units = (width + 3) / 4;
    if (index >= count) return;
    const uint chunk = index / units, unit = index - chunk * units, end = min(rows, (chunk + 1) * rowsPerChunk);
    vec4 products = vec4(0), plain = vec4(0);
    for (uint row = chunk * rowsPerChunk; row < end; row++) {
        const vec4 g = dy(dyOffset + row * width, unit, width) * (1.0 + modulation(modulationOffset + (row * 3 + 1) * width, unit, width));
        plain += g;
        products += g * (x(xOffset + row * width, unit, width) - kept1(keptOffset + 2 * row)) * kept1(keptOffset + 2 * row + 1);
    }
    sumsPut(sumsOffset + chunk * 2 * width, unit, width, products);
    sumsPut(sumsOffset + (chunk * 2 + 1) * width, unit, width, plain);
}
