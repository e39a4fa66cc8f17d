#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool MODULATED = false;
layout(constant_id = 2) const uint WANTED = 1;     // bit 0 weight, 1 scale, 2 shift
layout(constant_id = 3) const uint ACCUMULATED = 0; // the same bits
layout(constant_id = 4) const bool WEIGHTED = true;
#include "operands.glsl"

// From the sums of `column_sums` the gradients of a norm's weight, scale and shift; one column per invocation.
//
// Slots: 0 dw [width], 1 sums [images, chunks, 2, width], 2 w, 3 scale, 4 dscale, 5 dshift [images, width].
layout(push_constant) uniform Parameters {
    uint width, images, chunksPerImage;
    uint sumsOffset, weightOffset, scaleOffset, scaleStride;
    uint dweightOffset, dscaleOffset, dshiftOffset;
};

layout(binding = 0) buffer WeightGradient { float dweight[]; };
INPUT(1, sums)
INPUT(2, weight)
INPUT(3, scale)
layout(binding = 4) buffer ScaleGradient { float dscale[]; };
layout(binding = 5) buffer ShiftGradient { float dshift[]; };

void main() {
    const uint column = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (column >= width) return;
    float weightSum = 0;
    for (uint image = 0; image < images; image++) {
        float products = 0, plain = 0;
        for (uint chunk = 0; chunk < chunksPerImage; chunk++) {
            const uint start = sumsOffset + (image * chunksPerImage + chunk) * 2 * width + column;
            products += sums1(start);
            plain += sums1(start + width);
        }
        const uint place = image * width + column;
        if (MODULATED) weightSum += products * (1.0 + scale1(scaleOffset + image * scaleStride + column));
        else weightSum += products;
        if ((WANTED & 2) != 0) {
            float value = WEIGHTED ? products * weight1(weightOffset + column) : products;
            if ((ACCUMULATED & 2) != 0) value += dscale[dscaleOffset + place];
            dscale[dscaleOffset + place] = value;
        }
        if ((WANTED & 4) != 0) {
            if ((ACCUMULATED & 4) != 0) plain += dshift[dshiftOffset + place];
            dshift[dshiftOffset + place] = plain;
        }
    }
    if ((WANTED & 1) != 0) {
        if ((ACCUMULATED & 1) != 0) weightSum += dweight[dweightOffset + column];
        dweight[dweightOffset + column] = weightSum;
    }
}
