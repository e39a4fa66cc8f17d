#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool HAS_FACTOR = false;
layout(constant_id = 3) const bool HAS_PLAIN = false;
layout(constant_id = 4) const bool CENTRED = false;
#include "operands.glsl"
#include "rows.glsl"

// Sums over the rows of a chunk, chunks never span two images: Σ dy · x (· factor of the row), with HAS_PLAIN also Σ dy; with
// CENTRED x is less the row's mean, which follows its factor.
//
// Slots: 0 sums [images, chunks, 1 or 2, width], 1 x, 2 dy, both [images, rowsPerImage, width] dense, 3 factor [rows] or [rows, 2]. One
// unit of four columns of one chunk per invocation.
layout(push_constant) uniform Parameters {
    uint count; // units of all chunks
    uint width, rowsPerImage, rowsPerChunk, chunksPerImage;
    uint sumsOffset, xOffset, dyOffset, factorOffset;
};

ROW_OUTPUT(0, sums)
ROW_INPUT(1, x)
ROW_INPUT(2, dy)
INPUT(3, factor)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x, units = (width + 3) / 4;
    if (index >= count) return;
    const uint chunk = index / units, unit = index - chunk * units;
    const uint image = chunk / chunksPerImage, first = (chunk - image * chunksPerImage) * rowsPerChunk;
    const uint end = image * rowsPerImage + min(rowsPerImage, first + rowsPerChunk);
    vec4 products = vec4(0), plain = vec4(0);
    for (uint row = image * rowsPerImage + first; row < end; row++) {
        const vec4 gradient = dy(dyOffset + row * width, unit, width);
        vec4 value = x(xOffset + row * width, unit, width);
        if (CENTRED) value -= factor1(factorOffset + 2 * row + 1);
        vec4 product = gradient * value;
        if (HAS_FACTOR) product *= factor1(factorOffset + (CENTRED ? 2 * row : row));
        products += product;
        if (HAS_PLAIN) plain += gradient;
    }
    const uint start = sumsOffset + chunk * (HAS_PLAIN ? 2 : 1) * width;
    sumsPut(start, unit, width, products);
    if (HAS_PLAIN) sumsPut(start + width, unit, width, plain);
}
