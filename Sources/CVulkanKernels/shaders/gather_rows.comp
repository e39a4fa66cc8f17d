#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// output[n, :] = table[indices[n], :]. Slots: 0 output, 1 table, 2 indices (int32), 3 status words, 4 the output as input.
// An index outside the table puts its position + 1 into the status word and reads row 0.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool ACCUMULATE = false;

layout(push_constant) uniform Parameters {
    uint count; // elements of the output
    uint columns, tableRows;
    uint targetOffset, tableOffset, indexOffset, statusPlace;
    uint targetRow, targetColumn, tableRow, tableColumn, indexStride;
};

OUTPUT(0, target)
INPUT(1, table)
layout(binding = 2) readonly buffer Indices { int indices[]; };
layout(binding = 3) buffer Status { uint status[]; };
INPUT(4, prior)

void main() {
    const uint element = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (element >= count) return;
    const uint n = element / columns, column = element - n * columns;
    const int index = indices[indexOffset + n * indexStride];
    const bool isInside = index >= 0 && uint(index) < tableRows;
    if (!isInside && column == 0) atomicMax(status[statusPlace], n + 1);
    const uint place = targetOffset + n * targetRow + column * targetColumn;
    float value = table1(tableOffset + (isInside ? uint(index) : 0) * tableRow + column * tableColumn);
    if (ACCUMULATE) value += prior1(place);
    put1(place, value);
}
