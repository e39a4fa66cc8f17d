#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool SUBGROUP = true;
#include "operands.glsl"
#include "lanes.glsl"

// The cosines of the rows of x and y, [rows, width]; one row per workgroup. Slots: 0 cosines [rows], 1 x, 2 y.
layout(push_constant) uniform Parameters {
    uint rows, width;
    float smallestSquare; // what squares of norms count as at least
    uint targetOffset, xOffset, yOffset;
};

OUTPUT(0, target)
INPUT(1, x)
INPUT(2, y)

void main() {
    const uint row = groupNumber(), lane = gl_LocalInvocationID.x;
    if (row >= rows) return;
    float xx = 0, yy = 0, xy = 0;
    for (uint i = row * width + lane; i < (row + 1) * width; i += gl_WorkGroupSize.x) {
        const float a = x1(xOffset + i), b = y1(yOffset + i);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    xx = laneSum(xx);
    yy = laneSum(yy);
    xy = laneSum(xy);
    if (lane != 0) return;
    if (xx < smallestSquare) xx = smallestSquare;
    if (yy < smallestSquare) yy = smallestSquare;
    put1(targetOffset + row, xy / (sqrt(xx) * sqrt(yy)));
}
