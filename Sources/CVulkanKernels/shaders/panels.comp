#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// A matrix with any strides → panels, in the order in which a product reads them, so that it visits no page twice. Zeros fill up
// the last panel and the depth.
//
// Slots: 0 output, 1 input. BY_ROWS: a panel is WIDTH rows, [rows / WIDTH, units, WIDTH, 4] with vectors of four columns; else it
// is 4 · WIDTH columns, [columns / (4 · WIDTH), units, WIDTH, 4] with a unit for each row. VECTOR: rows lie dense and start at
// multiples of four elements. A workgroup is (part of the units, panel); UNITS vectors per invocation.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool BY_ROWS = true;
layout(constant_id = 2) const uint WIDTH = 8;
layout(constant_id = 3) const bool VECTOR = true;
layout(constant_id = 4) const uint UNITS = 8;

layout(push_constant) uniform Parameters {
    uint rows, columns;
    uint units;
    uint targetOffset, sourceOffset;
    uint rowStride, columnStride;
};

OUTPUT(0, target)
INPUT(1, source)

void main() {
    const uint panel = gl_WorkGroupID.y, height = gl_WorkGroupSize.x / WIDTH;
    const uint place = gl_LocalInvocationID.x % WIDTH;
    const uint first = gl_WorkGroupID.x * (UNITS * height) + gl_LocalInvocationID.x / WIDTH;
    const uint across = panel * WIDTH + place;
    const uint panelStart = (targetOffset >> 2) + panel * (units * WIDTH) + place;
    [[unroll]] for (uint step = 0; step < UNITS; step++) {
        const uint unit = first + step * height;
        if (unit >= units) continue;
        const uint row = BY_ROWS ? across : unit, column = 4 * (BY_ROWS ? unit : across);
        const uint start = sourceOffset + row * rowStride;
        vec4 value = vec4(0);
        if (row < rows && column < columns) {
            if (VECTOR) {
                value = source4((start + column) >> 2);
                [[unroll]] for (uint e = 1; e < 4; e++) if (column + e >= columns) value[e] = 0;
            } else {
                [[unroll]] for (uint e = 0; e < 4; e++)
                    if (column + e < columns) value[e] = source1(start + (column + e) * columnStride);
            }
        }
        put4(panelStart + unit * WIDTH, value);
    }
}
