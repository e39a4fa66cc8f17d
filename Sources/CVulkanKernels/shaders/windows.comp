#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// FOLD false: image [B, C, H, W] → patches [B, L, C·kh·kw], zeros in the padding. FOLD true: the adjoint, each pixel the sum of
// the patch elements that cover it. One element of the output per invocation; a patch is ordered (channel, row, column).
//
// Slots: 0 output, 1 input, 2 the output as input.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool FOLD = false;
layout(constant_id = 2) const bool ACCUMULATE = false;
layout(constant_id = 3) const bool PATCH_FASTEST = true; // else windows are counted before a patch's elements

layout(push_constant) uniform Parameters {
    uint count; // elements of the output
    int channels, height, width;
    int kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth;
    int rows, columns; // window positions
    uint imageOffset, patchOffset;
    uint imageStrides[4];
    uint patchStrides[3];
};

OUTPUT(0, target)
INPUT(1, source)
INPUT(2, prior)

void put(uint place, float value) { put1(place, ACCUMULATE ? value + prior1(place) : value); }

void unfold(uint index) {
    const int elements = channels * kernelHeight * kernelWidth, windows = rows * columns;
    const int image = int(index / uint(elements * windows)), rest = int(index) - image * elements * windows;
    const int window = PATCH_FASTEST ? rest / elements : rest % windows;
    const int element = PATCH_FASTEST ? rest % elements : rest / windows;
    const int channel = element / (kernelHeight * kernelWidth);
    const int row = window / columns * strideHeight - paddingHeight + element / kernelWidth % kernelHeight;
    const int column = window % columns * strideWidth - paddingWidth + element % kernelWidth;
    float value = 0;
    if (row >= 0 && row < height && column >= 0 && column < width)
        value = source1(imageOffset + uint(image) * imageStrides[0] + uint(channel) * imageStrides[1] +
                        uint(row) * imageStrides[2] + uint(column) * imageStrides[3]);
    put(patchOffset + uint(image) * patchStrides[0] + uint(window) * patchStrides[1] + uint(element) * patchStrides[2], value);
}

void fold(uint index) {
    const int column = int(index % uint(width)), row = int(index / uint(width) % uint(height));
    const uint plane = index / uint(width) / uint(height);
    const int channel = int(plane % uint(channels)), image = int(plane / uint(channels));
    float sum = 0;
    // Windows whose rows reach this row: window · stride − padding + element = row with 0 ≤ element < kernel.
    const int top = row + paddingHeight, left = column + paddingWidth;
    const int firstRow = max(0, (top - kernelHeight + strideHeight) / strideHeight), lastRow = min(rows - 1, top / strideHeight);
    const int firstColumn = max(0, (left - kernelWidth + strideWidth) / strideWidth);
    const int lastColumn = min(columns - 1, left / strideWidth);
    for (int i = firstRow; i <= lastRow; i++)
        for (int j = firstColumn; j <= lastColumn; j++) {
            const int element = (channel * kernelHeight + top - i * strideHeight) * kernelWidth + left - j * strideWidth;
            sum += source1(patchOffset + uint(image) * patchStrides[0] + uint(i * columns + j) * patchStrides[1] +
                           uint(element) * patchStrides[2]);
        }
    put(imageOffset + uint(image) * imageStrides[0] + uint(channel) * imageStrides[1] + uint(row) * imageStrides[2] +
            uint(column) * imageStrides[3],
        sum);
}

void main() {
    const uint index = groupNumber() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (index >= count) return;
    if (FOLD) fold(index);
    else unfold(index);
}
