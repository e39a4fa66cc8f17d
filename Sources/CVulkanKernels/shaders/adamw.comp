#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint AVERAGES = 0; // 0, 1 or 2
#include "operands.glsl"
#include "rows.glsl"

// One step of AdamW and of up to two running averages, in place; one unit of four elements per invocation.
//
// Slots: 0 parameter, 1 first moment, 2 second moment, 3 and 4 averages, 5 gradient, 6 the gradient's factor (one element).
layout(push_constant) uniform Parameters {
    uint count; // elements
    uint offsets[7];
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

void main() {
    const uint unit = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (4 * unit >= count) return;
    const vec4 g = gradient(offsets[5], unit, count) * factor1(offsets[6]);
    const vec4 m = first(offsets[1], unit, count) * firstKept + g * firstAdded;
    const vec4 v = second(offsets[2], unit, count) * secondKept + g * g * secondAdded;
    const vec4 p = parameter(offsets[0], unit, count) * kept - rate * m / (sqrt(v) * inverseRoot + epsilon);
    parameterResultPut(offsets[0], unit, count, p);
    firstResultPut(offsets[1], unit, count, m);
    secondResultPut(offsets[2], unit, count, v);
    if (AVERAGES > 0)
        nearResultPut(offsets[3], unit, count, near(offsets[3], unit, count) * averageKept[0] + p * averageAdded[0]);
    if (AVERAGES > 1)
        farResultPut(offsets[4], unit, count, far(offsets[4], unit, count) * averageKept[1] + p * averageAdded[1]);
}
