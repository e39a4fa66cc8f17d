#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint PART = 0;
#include "operands.glsl"
#include "rows.glsl"
#include "heads.glsl"

// The gradient of the norm weight of `heads_forward`, summed over the heads of a chunk of rows; one unit of one chunk per
// invocation.
//
// Slots: 0 sums [chunks, d], 1 qkv, 2 the cotangent [B, H, N, d], 3 cosines, 4 sines, 5 1/rms.
layout(push_constant) uniform Parameters {
    uint count; // units of all chunks
    uint rows, heads, tokens, size, rowsPerChunk;
    uint sumsOffset, sourceOffset, cotangentOffset, cosineOffset, sineOffset, keptOffset;
};

ROW_OUTPUT(0, sums)
ROW_INPUT(1, source)
ROW_INPUT(2, cotangent)
ROW_INPUT(3, cosine)
ROW_INPUT(4, sine)
INPUT(5, kept)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x, units = (size + 3) / 4;
    if (index >= count) return;
    const uint chunk = index / units, unit = index - chunk * units;
    const uint end = min(rows, (chunk + 1) * rowsPerChunk);
    vec4 sum = vec4(0);
    for (uint row = chunk * rowsPerChunk; row < end; row++) {
        const uint image = row / tokens, token = row - image * tokens;
        const vec4 c = cosine(cosineOffset + token * size, unit, size), s = sine(sineOffset + token * size, unit, size);
        for (uint head = 0; head < heads; head++) {
            const vec4 dy = unrotated(cotangent(cotangentOffset + ((image * heads + head) * tokens + token) * size, unit, size), c, s);
            const vec4 x = source(sourceOffset + ((row * 3 + PART) * heads + head) * size, unit, size);
            sum += dy * x * kept1(keptOffset + row * heads + head);
        }
    }
    sumsPut(sumsOffset + chunk * size, unit, size, sum);
}
