#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// output[v, :] (+)= Σ over n in first ..< last with indices[n] = v of values[n, :], in order of n: each invocation owns one
// element of the output and looks through all indices, so that the sum does not depend on timing.
//
// Slots: 0 output, 1 values, 2 indices (int32), 3 status words, 4 the output as input. An index outside the table puts its
// position + 1 into the status word and is passed over.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool ACCUMULATE = false;

layout(push_constant) uniform Parameters {
    uint count; // elements of the output
    uint columns, tableRows;
    uint first, last;
    uint targetOffset, valueOffset, indexOffset, statusPlace;
    uint targetRow, targetColumn, valueRow, valueColumn, indexStride;
};

OUTPUT(0, target)
INPUT(1, values)
layout(binding = 2) readonly buffer Indices { int indices[]; };
layout(binding = 3) buffer Status { uint status[]; };
INPUT(4, prior)

void main() {
    const uint element = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (element >= count) return;
    const uint v = element / columns, column = element - v * columns;
    float sum = 0;
    for (uint n = first; n < last; n++) {
        const int index = indices[indexOffset + n * indexStride];
        if (index == int(v)) sum += values1(valueOffset + n * valueRow + column * valueColumn);
        if (element == 0 && (index < 0 || uint(index) >= tableRows)) atomicMax(status[statusPlace], n + 1);
    }
    const uint place = targetOffset + v * targetRow + column * targetColumn;
    if (ACCUMULATE) sum += prior1(place);
    put1(place, sum);
}
