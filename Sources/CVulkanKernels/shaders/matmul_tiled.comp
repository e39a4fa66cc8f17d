#version 450
#extension GL_GOOGLE_include_directive : require
#include "operands.glsl"

// C = scale · A B for many matrices, in the shape of GPUs: 16 × 16 invocations compute ROWS × COLUMNS elements of C, stepping
// through the depth by slices of 16 that they share. Operands, layouts and epilogues are those of `matmul.comp`.
//
// An invocation's rows are neighbours, its columns lie 16 apart: stores and shared reads of neighbours are neighbours.
layout(local_size_x_id = 0) in; // 256
layout(constant_id = 1) const uint ROWS = 64;
layout(constant_id = 2) const uint LAYOUT = 0;
layout(constant_id = 3) const uint COLUMNS = 64;
layout(constant_id = 4) const uint EPILOGUE = 0;
layout(constant_id = 5) const bool ACCUMULATE = false;

layout(push_constant) uniform Parameters {
    uint rows, columns;
    uint storedColumns; // those past `columns` are set to 0
    uint depth;
    uint depthUnits; // in fours
    float scale;
    uint aOffset, bOffset, cOffset; // A, B in fours
    uint aStride, bStride, cStride; // A, B in fours
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

const uint slice = 16, side = 16;
// One more column keeps neighbours in different banks.
shared float aTile[slice * (ROWS + 1)];
shared float bTile[slice * (COLUMNS + 1)];

/// A's elements [ROWS, slice] from depth 4 · firstUnit on; what lies past the depth is 0.
void loadA(uint start, uint row0, uint firstUnit) {
    for (uint i = gl_LocalInvocationID.x; i < ROWS * slice / 4; i += side * side) {
        if (LAYOUT != 2) {
            const uint unit = i % (slice / 4), row = i / (slice / 4);
            vec4 x = vec4(0);
            if (firstUnit + unit < depthUnits) x = a4(start + min(row0 + row, rows - 1) * aStride + firstUnit + unit);
            [[unroll]] for (uint e = 0; e < 4; e++) aTile[(4 * unit + e) * (ROWS + 1) + row] = x[e];
        } else {
            const uint unit = i % (ROWS / 4), k = i / (ROWS / 4);
            vec4 x = vec4(0);
            if (4 * firstUnit + k < depth) x = a4(start + min(row0 / 4 + unit, (rows - 1) / 4) + (4 * firstUnit + k) * aStride);
            [[unroll]] for (uint e = 0; e < 4; e++) aTile[k * (ROWS + 1) + 4 * unit + e] = x[e];
        }
    }
}

/// B's elements [slice, COLUMNS]; past the depth they are any numbers of B, which meet zeros.
void loadB(uint start, uint column0, uint firstUnit) {
    for (uint i = gl_LocalInvocationID.x; i < COLUMNS * slice / 4; i += side * side) {
        if (LAYOUT != 1) {
            const uint unit = i % (COLUMNS / 4), k = i / (COLUMNS / 4);
            const vec4 y = b4(start + min(column0 / 4 + unit, (columns - 1) / 4) + min(4 * firstUnit + k, depth - 1) * bStride);
            [[unroll]] for (uint e = 0; e < 4; e++) bTile[k * (COLUMNS + 1) + 4 * unit + e] = y[e];
        } else {
            const uint unit = i % (slice / 4), column = i / (slice / 4);
            const vec4 y = b4(start + min(column0 + column, columns - 1) * bStride + min(firstUnit + unit, depthUnits - 1));
            [[unroll]] for (uint e = 0; e < 4; e++) bTile[(4 * unit + e) * (COLUMNS + 1) + column] = y[e];
        }
    }
}

void store(uint place, uint row, uint column, float sum, uint vectorStart) {
    float value = sum * scale, old = 0;
    if (column < columns) {
        if (EPILOGUE == 3 || ACCUMULATE) old = matrix1(place - cOffset + matrixOffset);
        if (EPILOGUE == 1) value += vector1(vectorStart + column);
        if (EPILOGUE == 2) value = exactExp(vec4(value - vector1(vectorStart + row))).x;
        if (EPILOGUE == 3) value = old * (sum - vector1(vectorStart + row)) * scale;
        if (EPILOGUE == 4) value *= vector1(vectorStart + row);
        if (ACCUMULATE) value += old;
    } else {
        value = 0;
    }
    put1(place, value);
}

void main() {
    const uint row0 = gl_WorkGroupID.y * ROWS, column0 = gl_WorkGroupID.x * COLUMNS;
    const uint batch = firstBatch + gl_WorkGroupID.z;
    const uint inner = batch % extents[1], middle = batch / extents[1] % extents[0], outer = batch / extents[1] / extents[0];
    const uint aStart = aOffset + outer * aSteps[0] + middle * aSteps[1] + inner * aSteps[2];
    const uint bStart = bOffset + outer * bSteps[0] + middle * bSteps[1] + inner * bSteps[2];
    const uint cStart = cOffset + outer * cSteps[0] + middle * cSteps[1] + inner * cSteps[2];
    const uint down = gl_LocalInvocationID.x / side * (ROWS / side), across = gl_LocalInvocationID.x % side;

    float sum[ROWS / side][COLUMNS / side];
    [[unroll]] for (uint i = 0; i < ROWS / side; i++)
        [[unroll]] for (uint j = 0; j < COLUMNS / side; j++) sum[i][j] = 0;
    for (uint unit = 0; unit < depthUnits; unit += slice / 4) {
        loadA(aStart, row0, unit);
        loadB(bStart, column0, unit);
        barrier();
        for (uint k = 0; k < slice; k++) {
            float x[ROWS / side], y[COLUMNS / side];
            [[unroll]] for (uint i = 0; i < ROWS / side; i++) x[i] = aTile[k * (ROWS + 1) + down + i];
            [[unroll]] for (uint j = 0; j < COLUMNS / side; j++) y[j] = bTile[k * (COLUMNS + 1) + across + j * side];
            [[unroll]] for (uint i = 0; i < ROWS / side; i++)
                [[unroll]] for (uint j = 0; j < COLUMNS / side; j++) sum[i][j] += x[i] * y[j];
        }
        barrier();
    }
    [[unroll]] for (uint i = 0; i < ROWS / side; i++) {
        const uint row = row0 + down + i;
        if (row >= rows) continue;
        [[unroll]] for (uint j = 0; j < COLUMNS / side; j++) {
            const uint column = column0 + across + j * side;
            if (column < storedColumns)
                store(cStart + row * cStride + column, row, column, sum[i][j], vectorOffset + batch * vectorStride);
        }
    }
}
