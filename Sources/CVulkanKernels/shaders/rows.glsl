// Rows of floats in units of four elements. With VECTOR, rows start at multiples of four elements and are whole units; else
// each element is read by itself, and elements past `width` count as 0. Needs the constant VECTOR and `operands.glsl`.

#define ROW_INPUT(SLOT, NAME)                                                                                                     \
    INPUT(SLOT, NAME)                                                                                                             \
    vec4 NAME(uint start, uint unit, uint width) {                                                                                \
        if (VECTOR) return NAME##4((start >> 2) + unit);                                                                          \
        vec4 value = vec4(0);                                                                                                     \
        [[unroll]] for (uint e = 0; e < 4; e++)                                                                                   \
            if (4 * unit + e < width) value[e] = NAME##1(start + 4 * unit + e);                                                   \
        return value;                                                                                                             \
    }

#define ROW_OUTPUT(SLOT, NAME)                                                                                                    \
    layout(binding = SLOT) writeonly buffer NAME##VectorBlock { vec4 NAME##Vectors[]; };                                          \
    layout(binding = SLOT) writeonly buffer NAME##ScalarBlock { float NAME##Scalars[]; };                                         \
    void NAME##Put(uint start, uint unit, uint width, vec4 value) {                                                               \
        if (VECTOR) {                                                                                                             \
            NAME##Vectors[(start >> 2) + unit] = value;                                                                           \
            return;                                                                                                               \
        }                                                                                                                         \
        [[unroll]] for (uint e = 0; e < 4; e++)                                                                                   \
            if (4 * unit + e < width) NAME##Scalars[start + 4 * unit + e] = value[e];                                             \
    }

float total(vec4 v) { return (v.x + v.y) + (v.z + v.w); }
