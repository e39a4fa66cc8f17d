#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool KEEP = false;
#include "operands.glsl"
#include "rows.glsl"
#include "heads.glsl"

// A joint projection qkv [B, N, 3, H, d] → q, k, v [B, H, N, d]; queries and keys normalised over d, weighted and rotated. One
// head of one row per invocation. With KEEP 1/rms of queries and keys is kept, [B, N, H] each.
//
// Slots: 0 the result (q, k or v), 1 qkv, 2 the norm weight [d], 3 cosines, 4 sines [N, d], 5 1/rms. PART: 0 q, 1 k, 2 v.
layout(constant_id = 3) const uint PART = 0;

layout(push_constant) uniform Parameters {
    uint count; // heads of all rows
    uint heads, tokens, size;
    float epsilon;
    uint targetOffset, sourceOffset, weightOffset, cosineOffset, sineOffset, keptOffset;
};

ROW_OUTPUT(0, target)
ROW_INPUT(1, source)
ROW_INPUT(2, weight)
ROW_INPUT(3, cosine)
ROW_INPUT(4, sine)
layout(binding = 5) writeonly buffer Kept { float kept[]; };

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uint row = index / heads, head = index - row * heads, image = row / tokens, token = row - image * tokens;
    const uint start = sourceOffset + ((row * 3 + PART) * heads + head) * size;
    const uint result = targetOffset + ((image * heads + head) * tokens + token) * size;
    const uint units = (size + 3) / 4;
    if (PART == 2) {
        for (uint unit = 0; unit < units; unit++) targetPut(result, unit, size, source(start, unit, size));
        return;
    }
    vec4 squares = vec4(0);
    for (uint unit = 0; unit < units; unit++) {
        const vec4 value = source(start, unit, size);
        squares += value * value;
    }
    const float inverse = 1.0 / sqrt(total(squares) / float(size) + epsilon);
    if (KEEP) kept[keptOffset + index] = inverse;
    for (uint unit = 0; unit < units; unit++) {
        const vec4 value = source(start, unit, size) * inverse * weight(weightOffset, unit, size);
        targetPut(result, unit, size,
                  rotated(value, cosine(cosineOffset + token * size, unit, size), sine(sineOffset + token * size, unit, size)));
    }
}
