#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "../shaders/operands.glsl"

// C = scale · A B for many matrices, through the matrix units of GPUs: operands are rounded to 16-bit floats on their way to
// shared memory, sums are 32-bit floats. Operands, layouts and epilogues are those of `matmul.comp`.
//
// Four subgroups compute ROWS × COLUMNS elements of C, two by two, stepping through the depth by slices of 32; each holds a
// quarter in squares of 16 × 16.
layout(local_size_x_id = 0) in; // 4 subgroups
layout(constant_id = 1) const uint ROWS = 64; // a multiple of 32, like COLUMNS
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
#include "../shaders/functions.glsl"

const uint side = 16; // of a square
const uint slice = 32;
const uint sliceUnits = slice / 4;
// Rows of a tile lie two vectors further apart than they are long: neighbours are in different banks, and each row starts at
// a multiple of 16 bytes, which loads of matrices ask for.
const uint gap = 2;
// Rows of A's tile run along the depth, or along A's rows where A lies by columns; the same for B's tile.
const uint depthStride = sliceUnits + gap;
const uint rowStride = ROWS / 4 + gap;
const uint columnStride = COLUMNS / 4 + gap;
// Large enough for both.
shared f16vec4 aTile[ROWS * sliceUnits + gap * (ROWS + slice)];
shared f16vec4 bTile[COLUMNS * sliceUnits + gap * (COLUMNS + slice)];
shared float square[4 * side * side];

/// A's elements [ROWS, slice] from depth 4 · firstUnit on; what lies past the depth is 0.
void loadA(uint start, uint row0, uint firstUnit) {
    for (uint i = gl_LocalInvocationID.x; i < ROWS * sliceUnits; i += gl_WorkGroupSize.x) {
        vec4 x = vec4(0);
        if (LAYOUT != 2) {
            const uint unit = i % sliceUnits, row = i / sliceUnits;
            if (firstUnit + unit < depthUnits) x = a4(start + min(row0 + row, rows - 1) * aStride + firstUnit + unit);
            aTile[row * depthStride + unit] = f16vec4(x);
        } else {
            const uint unit = i % (ROWS / 4), k = i / (ROWS / 4);
            if (4 * firstUnit + k < depth) x = a4(start + min(row0 / 4 + unit, (rows - 1) / 4) + (4 * firstUnit + k) * aStride);
            aTile[k * rowStride + unit] = f16vec4(x);
        }
    }
}

/// B's elements [slice, COLUMNS]; past the depth they are any numbers of B, which meet zeros.
void loadB(uint start, uint column0, uint firstUnit) {
    for (uint i = gl_LocalInvocationID.x; i < COLUMNS * sliceUnits; i += gl_WorkGroupSize.x) {
        if (LAYOUT != 1) {
            const uint unit = i % (COLUMNS / 4), k = i / (COLUMNS / 4);
            const vec4 y = b4(start + min(column0 / 4 + unit, (columns - 1) / 4) + min(4 * firstUnit + k, depth - 1) * bStride);
            bTile[k * columnStride + unit] = f16vec4(y);
        } else {
            const uint unit = i % sliceUnits, column = i / sliceUnits;
            const vec4 y = b4(start + min(column0 + column, columns - 1) * bStride + min(firstUnit + unit, depthUnits - 1));
            bTile[column * depthStride + unit] = f16vec4(y);
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
    // This subgroup's quarter of the tile.
    const uint down = gl_SubgroupID / 2 * (ROWS / 2), across = gl_SubgroupID % 2 * (COLUMNS / 2);

    coopmat<float, gl_ScopeSubgroup, side, side, gl_MatrixUseAccumulator> sum[ROWS / 2 / side * (COLUMNS / 2 / side)];
    [[unroll]] for (uint i = 0; i < ROWS / 2 / side * (COLUMNS / 2 / side); i++)
        sum[i] = coopmat<float, gl_ScopeSubgroup, side, side, gl_MatrixUseAccumulator>(0.0);
    for (uint unit = 0; unit < depthUnits; unit += sliceUnits) {
        loadA(aStart, row0, unit);
        loadB(bStart, column0, unit);
        barrier();
        [[unroll]] for (uint k = 0; k < slice; k += side) {
            coopmat<float16_t, gl_ScopeSubgroup, side, side, gl_MatrixUseA> x[ROWS / 2 / side];
            [[unroll]] for (uint i = 0; i < ROWS / 2 / side; i++) {
                const uint row = down + i * side;
                if (LAYOUT != 2)
                    coopMatLoad(x[i], aTile, row * depthStride + k / 4, depthStride, gl_CooperativeMatrixLayoutRowMajor);
                else
                    coopMatLoad(x[i], aTile, k * rowStride + row / 4, rowStride, gl_CooperativeMatrixLayoutColumnMajor);
            }
            [[unroll]] for (uint j = 0; j < COLUMNS / 2 / side; j++) {
                const uint column = across + j * side;
                coopmat<float16_t, gl_ScopeSubgroup, side, side, gl_MatrixUseB> y;
                if (LAYOUT != 1)
                    coopMatLoad(y, bTile, k * columnStride + column / 4, columnStride, gl_CooperativeMatrixLayoutRowMajor);
                else
                    coopMatLoad(y, bTile, column * depthStride + k / 4, depthStride, gl_CooperativeMatrixLayoutColumnMajor);
                [[unroll]] for (uint i = 0; i < ROWS / 2 / side; i++)
                    sum[i * (COLUMNS / 2 / side) + j] = coopMatMulAdd(x[i], y, sum[i * (COLUMNS / 2 / side) + j]);
            }
        }
        barrier();
    }
    // Which invocation holds which element is the driver's affair: squares go through shared memory one by one.
    const uint place = gl_SubgroupID * side * side;
    [[unroll]] for (uint i = 0; i < ROWS / 2 / side; i++) {
        [[unroll]] for (uint j = 0; j < COLUMNS / 2 / side; j++) {
            coopMatStore(sum[i * (COLUMNS / 2 / side) + j], square, place, side, gl_CooperativeMatrixLayoutRowMajor);
            barrier();
            for (uint e = gl_SubgroupInvocationID; e < side * side; e += gl_SubgroupSize) {
                const uint row = row0 + down + i * side + e / side, column = column0 + across + j * side + e % side;
                if (row < rows && column < storedColumns)
                    store(cStart + row * cStride + column, row, column, square[place + e], vectorOffset + batch * vectorStride);
            }
            barrier();
        }
    }
}
