#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// The gradient of `halved_maximum`: the first largest element of each window, in reading order, has that of the maximum, all others
// 0; one element per invocation. Slots: 0 dx [planes, rows, columns], 1 x, 2 dy [planes, rows / 2, columns / 2], 3 dx as input.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool ACCUMULATE = false;

layout(push_constant) uniform Parameters {
    uint count; // elements
    uint rows, columns;
    uint dxOffset, xOffset, dyOffset;
};

OUTPUT(0, dx)
INPUT(1, x)
INPUT(2, dy)
INPUT(3, prior)

float larger(float a, float b) { return a >= b || isnan(a) ? a : b; }

/// Whether the element in one of the window's four corners, in reading order, has the gradient.
bool isFirstLargest(float window[4], uint corner) {
    const float upper = larger(window[0], window[1]), lower = larger(window[2], window[3]);
    const bool isUpper = upper == larger(upper, lower);
    if (isUpper != (corner < 2)) return false;
    const bool isLeft = isUpper ? window[0] == upper : window[2] == lower;
    return isLeft == (corner % 2 == 0);
}

void main() {
    const uint element = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (element >= count) return;
    const uint plane = element / (rows * columns), row = element / columns % rows, column = element % columns;
    const uint width = columns / 2, height = rows / 2;
    float gradient = 0;
    if (row / 2 < height && column / 2 < width) {
        const uint place = xOffset + (plane * rows + row / 2 * 2) * columns + column / 2 * 2;
        const float window[4] = float[](x1(place), x1(place + 1), x1(place + columns), x1(place + columns + 1));
        if (isFirstLargest(window, row % 2 * 2 + column % 2))
            gradient = dy1(dyOffset + (plane * height + row / 2) * width + column / 2);
    }
    if (ACCUMULATE) gradient += prior1(dxOffset + element);
    put1(dxOffset + element, gradient);
}
