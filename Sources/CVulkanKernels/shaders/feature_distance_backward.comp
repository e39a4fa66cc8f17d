#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// The gradient of `feature_distance` with respect to x; one pixel per invocation. With x̂ = x / (n + ε), d = 2 factor dy (x̂ − ŷ) and
// p = Σ x d over channels, dx = d / (n + ε) − x p / (n (n + ε)²).
//
// Slots: 0 dx, 1 x, 2 y, 3 norms of x, 4 norms of y, [images, pixels], 5 dy [images, channels], 6 dx as input.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool ACCUMULATE = false;

layout(push_constant) uniform Parameters {
    uint count; // pixels of all images
    uint channels, pixels;
    float epsilon, factor;
    uint dxOffset, xOffset, yOffset, xNormsOffset, yNormsOffset, dyOffset;
};

OUTPUT(0, dx)
INPUT(1, x)
INPUT(2, y)
INPUT(3, xNorms)
INPUT(4, yNorms)
INPUT(5, dy)
INPUT(6, prior)

/// 1 / (norm + ε), 0 where all channels are.
float inverse(float norm) { return norm == 0.0 ? 0.0 : 1.0 / (norm + epsilon); }

void main() {
    const uint pixel = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (pixel >= count) return;
    const uint image = pixel / pixels, first = image * channels * pixels + pixel % pixels;
    const float xNorm = xNorms1(xNormsOffset + pixel);
    const float xFactor = inverse(xNorm), yFactor = inverse(yNorms1(yNormsOffset + pixel));
    float pull = 0;
    for (uint c = 0; c < channels; c++) {
        const uint place = first + c * pixels;
        const float value = x1(xOffset + place);
        precise const float difference = value * xFactor - y1(yOffset + place) * yFactor;
        pull += value * (2.0 * factor * dy1(dyOffset + image * channels + c) * difference);
    }
    pull = xNorm == 0.0 ? 0.0 : pull * xFactor * xFactor / xNorm;
    for (uint c = 0; c < channels; c++) {
        const uint place = first + c * pixels;
        const float value = x1(xOffset + place);
        precise const float difference = value * xFactor - y1(yOffset + place) * yFactor;
        float gradient = 2.0 * factor * dy1(dyOffset + image * channels + c) * difference * xFactor - value * pull;
        if (ACCUMULATE) gradient += prior1(dxOffset + place);
        put1(dxOffset + place, gradient);
    }
}
