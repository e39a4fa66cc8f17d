#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
#include "operands.glsl"
#include "rows.glsl"

// Σ over d of a · b for each head of each row: a and b [B, N, H·d] → [B, H, N]; one sum per invocation.
//
// Slots: 0 sums, 1 a, 2 b.
layout(push_constant) uniform Parameters {
    uint count;
    uint heads, tokens, size;
    uint targetOffset, aOffset, bOffset;
};

OUTPUT(0, target)
ROW_INPUT(1, a)
ROW_INPUT(2, b)

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    const uint token = index % tokens, head = index / tokens % heads, image = index / tokens / heads;
    const uint start = ((image * tokens + token) * heads + head) * size, units = (size + 3) / 4;
    vec4 sum = vec4(0);
    for (uint unit = 0; unit < units; unit++) sum += a(aOffset + start, unit, size) * b(bOffset + start, unit, size);
    put1(targetOffset + index, total(sum));
}
