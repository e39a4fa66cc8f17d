#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"
#include "functions.glsl"

// Random numbers of Philox 4×32-10 (Salmon et al., SC 2011) as the host's generator makes them: element i uses the word at
// position + i. One block of four words per invocation. Slot: 0 output, dense.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool NORMAL = false;

layout(push_constant) uniform Parameters {
    uint count;
    uint offset;
    uint skipped; // words of the first block that come before element 0
    uint firstBlockLow, firstBlockHigh;
    uint streamLow, streamHigh, seedLow, seedHigh;
};

OUTPUT(0, target)

uvec4 block(uint index) {
    uint carry;
    const uint low = uaddCarry(firstBlockLow, index, carry);
    uvec4 counter = uvec4(low, firstBlockHigh + carry, streamLow, streamHigh);
    uvec2 key = uvec2(seedLow, seedHigh);
    [[unroll]] for (int round = 0; round < 10; round++) {
        uint high0, low0, high1, low1;
        umulExtended(counter.x, 0xD2511F53u, high0, low0);
        umulExtended(counter.z, 0xCD9E8D57u, high1, low1);
        counter = uvec4(high1 ^ counter.y ^ key.x, low1, high0 ^ counter.w ^ key.y, low0);
        key += uvec2(0x9E3779B9u, 0xBB67AE85u);
    }
    return counter;
}

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (4 * index >= count + skipped) return;
    const uvec4 words = block(index) >> 8;
    vec4 value = vec4(words) * 5.9604644775390625e-8;
    if (NORMAL) {
        const vec4 radius = sqrt(-2.0 * exactLog(vec4(words.xxzz + 1) * 5.9604644775390625e-8));
        // Whole turns in 24 bits; the angle within a quarter is exact.
        const uvec2 turn = words.yw;
        const vec2 angle = vec2(turn & 0x3fffffu) * 3.74507143e-7; // 2π · 2⁻²⁴
        const ivec2 quarter = ivec2(turn >> 22);
        const vec4 base = exactSine(angle.xxyy, 0), turned = exactSine(angle.xxyy, 1);
        const ivec4 quarters = (quarter.xxyy + ivec4(1, 0, 1, 0)) & 3; // a cosine is a sine a quarter on
        const vec4 magnitude = mix(base, turned, equal(quarters & 1, ivec4(1)));
        value = radius * mix(magnitude, -magnitude, equal(quarters & 2, ivec4(2)));
    }
    [[unroll]] for (uint e = 0; e < 4; e++) {
        const uint word = 4 * index + e;
        if (word >= skipped && word - skipped < count) put1(offset + word - skipped, value[e]);
    }
}
