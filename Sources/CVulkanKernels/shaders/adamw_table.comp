#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint AVERAGES = 0; // 0, 1 or 2
#include "operands.glsl"
#include "rows.glsl"

// `adamw.comp` for many small tensors: workgroups along x share a tensor, y counts tensors.
//
// Slots: those of `adamw.comp`, and 7 a table with eight words for each tensor: its elements, then the places of parameter,
// moments, averages and gradient.
layout(push_constant) uniform Parameters {
    uint across; // workgroups along x
    uint factorOffset, tableOffset;
    float kept, firstKept, firstAdded, secondKept, secondAdded;
    float rate, inverseRoot, epsilon;
    float averageKept[2], averageAdded[2];
};

ROW_OUTPUT(0, parameterResult)
ROW_OUTPUT(1, firstResult)
ROW_OUTPUT(2, secondResult)
ROW_OUTPUT(3, nearResult)
ROW_OUTPUT(4, farResult)
ROW_INPUT(0, parameter)
ROW_INPUT(1, first)
ROW_INPUT(2, second)
ROW_INPUT(3, near)
ROW_INPUT(4, far)
ROW_INPUT(5, gradient)
INPUT(6, factor)
layout(binding = 7) readonly buffer Table { uint table[]; };

const uint wordsPerTensor = 8;

void main() {
    const uint entry = tableOffset + gl_WorkGroupID.y * wordsPerTensor;
    const uint count = table[entry];
    uint places[6];
    [[unroll]] for (uint i = 0; i < 6; i++) places[i] = table[entry + 1 + i];
    const float scale = factor1(factorOffset);
    const uint step = across * gl_WorkGroupSize.x;
    for (uint unit = gl_WorkGroupID.x * gl_WorkGroupSize.x + gl_LocalInvocationID.x; 4 * unit < count; unit += step) {
        const vec4 g = gradient(places[5], unit, count) * scale;
        const vec4 m = first(places[1], unit, count) * firstKept + g * firstAdded;
        const vec4 v = second(places[2], unit, count) * secondKept + g * g * secondAdded;
        const vec4 p = parameter(places[0], unit, count) * kept - rate * m / (sqrt(v) * inverseRoot + epsilon);
        parameterResultPut(places[0], unit, count, p);
        firstResultPut(places[1], unit, count, m);
        secondResultPut(places[2], unit, count, v);
        if (AVERAGES > 0)
            nearResultPut(places[3], unit, count, near(places[3], unit, count) * averageKept[0] + p * averageAdded[0]);
        if (AVERAGES > 1)
            farResultPut(places[4], unit, count, far(places[4], unit, count) * averageKept[1] + p * averageAdded[1]);
    }
}
