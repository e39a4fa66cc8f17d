#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : enable
#extension GL_KHR_shader_subgroup_shuffle : enable
#include "operands.glsl"

// C = scale · A B for many matrices, in the shape that processors playing a GPU run fast: a workgroup is one subgroup, it
// computes ROWS × 4 · (lanes) elements, no shared memory, no barriers; A's elements pass from lane to lane.
//
// Slots: 0 C, 1 A, 2 B, 3 a vector, 4 a matrix that lies like C. LAYOUT: 0 A [M, K] B [K, N]; 1 A [M, K] B [N, K]; 2 A [K, M]
// B [K, N]; 3 panels, as panels.comp makes them: A [M / ROWS, K / 4, ROWS, 4], B [N / (4 · lanes), K, lanes, 4]. Rows of A and B
// start at multiples of four elements; sizes need not be whole tiles: rows are clamped when read
// (in panels they are zeros) and not stored. Rows of K past
// `depth` are masked (LAYOUT 2) or meet zeros in A (all others).
// EPILOGUE: 0 none; 1 adds the vector by column; 2 e^(x − vector by row); 3 matrix · (x − vector by row) · scale; 4 x · vector
// by row.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ROWS = 32;
layout(constant_id = 2) const uint LAYOUT = 0;
layout(constant_id = 3) const uint STEPS = 2;
layout(constant_id = 4) const uint EPILOGUE = 0;
layout(constant_id = 5) const bool ACCUMULATE = false;
layout(constant_id = 6) const bool VECTOR = true; // C's rows start at multiples of four elements
layout(constant_id = 7) const bool WHOLE = true; // the depth is a multiple of four

layout(push_constant) uniform Parameters {
    uint rows, columns;
    uint storedColumns; // those past `columns` are set to 0
    uint depth;
    uint depthUnits; // in fours, a multiple of STEPS
    float scale;
    uint aOffset, bOffset, cOffset; // A, B in fours
    uint aStride, bStride, cStride; // from row to row, or from panel to panel; A, B in fours
    uint vectorOffset, vectorStride; // per matrix
    uint extents[2]; // of the two inner batch axes
    uint aSteps[3], bSteps[3], cSteps[3]; // A, B in fours; the outermost axis first
    uint firstBatch;
    uint matrixOffset;
};

OUTPUT(0, c)
INPUT(1, a)
INPUT(2, b)
INPUT(3, vector)
INPUT(4, matrix)
#include "functions.glsl"

void main() {
    const uint lanes = gl_WorkGroupSize.x, lane = gl_LocalInvocationID.x;
    const uint row0 = gl_WorkGroupID.y * ROWS, column0 = gl_WorkGroupID.x * 4 * lanes;
    const uint batch = firstBatch + gl_WorkGroupID.z;
    const uint inner = batch % extents[1], middle = batch / extents[1] % extents[0], outer = batch / extents[1] / extents[0];
    const uint aStart = aOffset + outer * aSteps[0] + middle * aSteps[1] + inner * aSteps[2];
    const uint bStart = bOffset + outer * bSteps[0] + middle * bSteps[1] + inner * bSteps[2];
    const uint cStart = cOffset + outer * cSteps[0] + middle * cSteps[1] + inner * cSteps[2];

    // Addresses of this lane's loads at k = 0.
    uint aPlace[(ROWS + 3) / 4], bPlace[4];
    const uint lastRow = rows - 1, lastColumn = columns - 1;
    if (LAYOUT == 3) {
        [[unroll]] for (uint i = 0; i < ROWS; i += lanes) aPlace[i / lanes] = aStart + gl_WorkGroupID.y * aStride + i + lane;
    } else if (LAYOUT != 2) {
        [[unroll]] for (uint i = 0; i < ROWS; i += lanes) aPlace[i / lanes] = aStart + min(row0 + i + lane, lastRow) * aStride;
    } else {
        aPlace[0] = aStart + min(row0 / 4 + lane % (ROWS / 4), lastRow / 4);
    }
    if (LAYOUT == 3) {
        bPlace[0] = bStart + gl_WorkGroupID.x * bStride + lane;
    } else if (LAYOUT == 1) {
        [[unroll]] for (uint e = 0; e < 4; e++) bPlace[e] = bStart + min(column0 + lane + e * lanes, lastColumn) * bStride;
    } else {
        bPlace[0] = bStart + min(column0 / 4 + lane, lastColumn / 4);
    }

    vec4 sum[ROWS];
    [[unroll]] for (uint i = 0; i < ROWS; i++) sum[i] = vec4(0);
    for (uint base = 0; base < depthUnits; base += STEPS) {
        const uint bRow = bPlace[0] + base * (4 * bStride), aRow = aPlace[0] + base * (4 * aStride);
        [[unroll]] for (uint s = 0; s < STEPS; s++) {
            const uint k = base + s;
            vec4 y[4];
            if (LAYOUT == 1) {
                const vec4 t0 = b4(bPlace[0] + k), t1 = b4(bPlace[1] + k), t2 = b4(bPlace[2] + k), t3 = b4(bPlace[3] + k);
                [[unroll]] for (uint e = 0; e < 4; e++) y[e] = vec4(t0[e], t1[e], t2[e], t3[e]);
            } else if (LAYOUT == 3) {
                [[unroll]] for (uint e = 0; e < 4; e++) y[e] = b4(bPlace[0] + (4 * k + e) * lanes);
            } else {
                [[unroll]] for (uint e = 0; e < 4; e++)
                    y[e] = b4(WHOLE ? bRow + (4 * s + e) * bStride : bPlace[0] + min(4 * k + e, depth - 1) * bStride);
            }
            if (LAYOUT == 2) {
                [[unroll]] for (uint e = 0; e < 4; e++) {
                    vec4 x = a4(WHOLE ? aRow + (4 * s + e) * aStride : aPlace[0] + min(4 * k + e, depth - 1) * aStride);
                    if (!WHOLE && 4 * k + e >= depth) x = vec4(0);
                    [[unroll]] for (uint i = 0; i < ROWS; i++) sum[i] += subgroupShuffle(x[i % 4], i / 4) * y[e];
                }
            } else {
                [[unroll]] for (uint first = 0; first < ROWS; first += lanes) {
                    const vec4 x = a4(aPlace[first / lanes] + (LAYOUT == 3 ? k * ROWS : k));
                    [[unroll]] for (uint i = 0; i < min(lanes, ROWS); i++)
                        [[unroll]] for (uint e = 0; e < 4; e++) sum[first + i] += subgroupShuffle(x[e], i) * y[e];
                }
            }
        }
    }

    const uint vectorStart = vectorOffset + batch * vectorStride;
    uvec4 column;
    [[unroll]] for (uint e = 0; e < 4; e++) column[e] = LAYOUT == 1 ? column0 + lane + e * lanes : column0 + 4 * lane + e;
    vec4 bias = vec4(0);
    if (EPILOGUE == 1) {
        [[unroll]] for (uint e = 0; e < 4; e++) bias[e] = vector1(vectorStart + min(column[e], lastColumn));
    }
    [[unroll]] for (uint i = 0; i < ROWS; i++) {
        const uint row = row0 + i, start = cStart + row * cStride;
        if (row >= rows) continue;
        vec4 value = sum[i] * scale, old = vec4(0);
        float rowValue = 0;
        if (EPILOGUE >= 2) rowValue = vector1(vectorStart + row);
        const bool isWhole = LAYOUT != 1 && VECTOR;
        if (EPILOGUE == 3 || ACCUMULATE) {
            if (isWhole) {
                if (column.x < storedColumns) old = matrix4((start - cOffset + matrixOffset + column.x) >> 2);
            } else {
                [[unroll]] for (uint e = 0; e < 4; e++) if (column[e] < columns) old[e] = matrix1(start - cOffset + matrixOffset + column[e]);
            }
        }
        if (EPILOGUE == 1) value += bias;
        if (EPILOGUE == 2) value = exactExp(value - rowValue);
        if (EPILOGUE == 3) value = old * (sum[i] - rowValue) * scale;
        if (EPILOGUE == 4) value *= rowValue;
        if (ACCUMULATE) value += old;
        [[unroll]] for (uint e = 0; e < 4; e++) if (column[e] >= columns) value[e] = 0;
        if (isWhole) {
            // A last vector may reach beyond the columns, but not beyond the row's end: that is a multiple of four.
            if (column.x < storedColumns) put4((start + column.x) >> 2, value);
        } else {
            [[unroll]] for (uint e = 0; e < 4; e++) if (column[e] < storedColumns) put1(start + column[e], value[e]);
        }
    }
}
