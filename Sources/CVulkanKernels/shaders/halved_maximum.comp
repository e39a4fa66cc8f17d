#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// The maxima of 2 × 2 windows of images [planes, rows, columns] without overlap; one window per invocation. NaN wins.
// Slots: 0 maxima [planes, rows / 2, columns / 2], 1 the images.
layout(local_size_x_id = 0) in;

layout(push_constant) uniform Parameters {
    uint count; // windows
    uint rows, columns;
    uint targetOffset, sourceOffset;
};

OUTPUT(0, target)
INPUT(1, source)

float larger(float a, float b) { return a >= b || isnan(a) ? a : b; }

void main() {
    const uint window = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (window >= count) return;
    const uint width = columns / 2, height = rows / 2;
    const uint plane = window / (width * height), row = window / width % height, column = window % width;
    const uint place = sourceOffset + (plane * rows + 2 * row) * columns + 2 * column;
    const float upper = larger(source1(place), source1(place + 1));
    const float lower = larger(source1(place + columns), source1(place + columns + 1));
    put1(targetOffset + window, larger(upper, lower));
}
