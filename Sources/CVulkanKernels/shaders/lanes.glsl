// Sums and maxima over the workgroup. With SUBGROUP the workgroup is one subgroup and lanes exchange values directly; else
// through shared memory. Needs the constant SUBGROUP; at most 256 lanes, a power of two.
#extension GL_KHR_shader_subgroup_basic : enable
#extension GL_KHR_shader_subgroup_shuffle : enable

shared float exchanged[256];

float laneSum(float value) {
    if (SUBGROUP) {
        [[unroll]] for (uint step = gl_WorkGroupSize.x / 2; step > 0; step >>= 1) value += subgroupShuffleXor(value, step);
        return value;
    }
    const uint lane = gl_LocalInvocationID.x;
    exchanged[lane] = value;
    barrier();
    for (uint step = gl_WorkGroupSize.x / 2; step > 0; step >>= 1) {
        if (lane < step) exchanged[lane] += exchanged[lane + step];
        barrier();
    }
    const float result = exchanged[0];
    barrier();
    return result;
}

/// NaN wins, so that a diverged value is seen.
float larger(float a, float b) { return b > a || isnan(b) ? b : a; }

float laneMaximum(float value) {
    if (SUBGROUP) {
        [[unroll]] for (uint step = gl_WorkGroupSize.x / 2; step > 0; step >>= 1)
            value = larger(value, subgroupShuffleXor(value, step));
        return value;
    }
    const uint lane = gl_LocalInvocationID.x;
    exchanged[lane] = value;
    barrier();
    for (uint step = gl_WorkGroupSize.x / 2; step > 0; step >>= 1) {
        if (lane < step) exchanged[lane] = larger(exchanged[lane], exchanged[lane + step]);
        barrier();
    }
    const float result = exchanged[0];
    barrier();
    return result;
}
