#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// The squared differences of two images' features [images, channels, pixels], each pixel's of length 1, times `factor`; one pixel
// per invocation. Slots: 0 output, like the features, 1 x, 2 y, 3 norms of x's and y's pixels, [2, images, pixels].
layout(local_size_x_id = 0) in;

layout(push_constant) uniform Parameters {
    uint count; // pixels of all images
    uint channels, pixels;
    float epsilon, factor;
    uint targetOffset, xOffset, yOffset, normsOffset;
};

OUTPUT(0, target)
INPUT(1, x)
INPUT(2, y)
layout(binding = 3) writeonly buffer Norms { float norms[]; };

/// 1 / (norm + ε), 0 where all channels are.
float inverse(float norm) { return norm == 0.0 ? 0.0 : 1.0 / (norm + epsilon); }

void main() {
    const uint pixel = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (pixel >= count) return;
    const uint image = pixel / pixels, first = image * channels * pixels + pixel % pixels;
    float xSquares = 0, ySquares = 0;
    for (uint c = 0; c < channels; c++) {
        const float a = x1(xOffset + first + c * pixels), b = y1(yOffset + first + c * pixels);
        xSquares += a * a;
        ySquares += b * b;
    }
    const float xNorm = sqrt(xSquares), yNorm = sqrt(ySquares);
    norms[normsOffset + pixel] = xNorm;
    norms[normsOffset + count + pixel] = yNorm;
    const float xFactor = inverse(xNorm), yFactor = inverse(yNorm);
    for (uint c = 0; c < channels; c++) {
        const uint place = first + c * pixels;
        precise const float difference = x1(xOffset + place) * xFactor - y1(yOffset + place) * yFactor;
        put1(targetOffset + place, factor * difference * difference);
    }
}
