#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool ACCUMULATE = false;
layout(constant_id = 3) const uint PART = 0;
#include "operands.glsl"
#include "rows.glsl"
#include "heads.glsl"

// The gradient of `heads_forward` with respect to qkv, for one of q, k, v; one head of one row per invocation.
//
// Slots: 0 dqkv [B, N, 3, H, d], 1 qkv, 2 the norm weight, 3 cosines, 4 sines, 5 1/rms, 6 the cotangent [B, H, N, d], 7 dqkv
// as input.
layout(push_constant) uniform Parameters {
    uint count; // heads of all rows
    uint heads, tokens, size;
    uint targetOffset, sourceOffset, weightOffset, cosineOffset, sineOffset, keptOffset, cotangentOffset;
};

ROW_OUTPUT(0, target)
ROW_INPUT(1, source)
ROW_INPUT(2, weight)
ROW_INPUT(3, cosine)
ROW_INPUT(4, sine)
INPUT(5, kept)
ROW_INPUT(6, cotangent)
ROW_INPUT(7, prior)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uint row = index / heads, head = index - row * heads, image = row / tokens, token = row - image * tokens;
    const uint place = ((row * 3 + PART) * heads + head) * size;
    const uint start = cotangentOffset + ((image * heads + head) * tokens + token) * size;
    const uint units = (size + 3) / 4, table = token * size;
    float inverse = 1, pull = 0;
    if (PART != 2) {
        inverse = kept1(keptOffset + index);
        vec4 products = vec4(0);
        for (uint unit = 0; unit < units; unit++) {
            const vec4 dy = unrotated(cotangent(start, unit, size), cosine(cosineOffset + table, unit, size),
                                      sine(sineOffset + table, unit, size));
            products += dy * weight(weightOffset, unit, size) * source(sourceOffset + place, unit, size);
        }
        pull = inverse * inverse * inverse * total(products) / float(size);
    }
    for (uint unit = 0; unit < units; unit++) {
        vec4 value = cotangent(start, unit, size);
        if (PART != 2) {
            value = unrotated(value, cosine(cosineOffset + table, unit, size), sine(sineOffset + table, unit, size));
            value = inverse * value * weight(weightOffset, unit, size) - pull * source(sourceOffset + place, unit, size);
        }
        if (ACCUMULATE) value += prior(targetOffset + place, unit, size);
        targetPut(targetOffset + place, unit, size, value);
    }
}
