#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool SUBGROUP = true;
layout(constant_id = 2) const bool ACCUMULATE = false;
#include "operands.glsl"
#include "lanes.glsl"

// The gradient of `cosine` with respect to x; one row per workgroup. With c = x · y / (|x| |y|), dx = dc (y / (|x| |y|) − c x / |x|²);
// a norm at its limit is a constant. Slots: 0 dx, 1 x, 2 y, [rows, width], 3 dc [rows], 4 dx as input.
layout(push_constant) uniform Parameters {
    uint rows, width;
    float smallestSquare;
    uint dxOffset, xOffset, yOffset, dcOffset;
};

OUTPUT(0, dx)
INPUT(1, x)
INPUT(2, y)
INPUT(3, dc)
INPUT(4, prior)

void main() {
    const uint row = groupNumber(), lane = gl_LocalInvocationID.x;
    if (row >= rows) return;
    const uint first = row * width + lane, end = (row + 1) * width;
    float xx = 0, yy = 0, xy = 0;
    for (uint i = first; i < end; i += gl_WorkGroupSize.x) {
        const float a = x1(xOffset + i), b = y1(yOffset + i);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    xx = laneSum(xx);
    yy = laneSum(yy);
    xy = laneSum(xy);
    const float square = xx < smallestSquare ? smallestSquare : xx;
    const float yFactor = dc1(dcOffset + row) / (sqrt(square) * sqrt(yy < smallestSquare ? smallestSquare : yy));
    const float xFactor = xx < smallestSquare ? 0.0 : yFactor * xy / square;
    for (uint i = first; i < end; i += gl_WorkGroupSize.x) {
        float gradient = yFactor * y1(yOffset + i) - xFactor * x1(xOffset + i);
        if (ACCUMULATE) gradient += prior1(dxOffset + i);
        put1(dxOffset + i, gradient);
    }
}
