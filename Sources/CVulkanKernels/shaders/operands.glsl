// How kernels see their operands: slot s is one block of device memory, addressed in float32 elements from its start.
//
// Compiled twice: with TEXELS, inputs are read through texel buffer views (several times faster where a processor plays the
// GPU), else as storage buffers. Outputs are storage buffers in both.
#extension GL_EXT_control_flow_attributes : enable

#ifdef TEXELS
#define INPUT(SLOT, NAME)                                                                                                         \
    layout(binding = 8 + SLOT) uniform samplerBuffer NAME##Vectors;                                                               \
    layout(binding = 16 + SLOT) uniform samplerBuffer NAME##Scalars;                                                              \
    vec4 NAME##4(uint index) { return texelFetch(NAME##Vectors, int(index)); }                                                    \
    float NAME##1(uint index) { return texelFetch(NAME##Scalars, int(index)).x; }
#else
#define INPUT(SLOT, NAME)                                                                                                         \
    layout(binding = SLOT) readonly buffer NAME##VectorBlock { vec4 NAME##Vectors[]; };                                           \
    layout(binding = SLOT) readonly buffer NAME##ScalarBlock { float NAME##Scalars[]; };                                          \
    vec4 NAME##4(uint index) { return NAME##Vectors[index]; }                                                                     \
    float NAME##1(uint index) { return NAME##Scalars[index]; }
#endif

#define OUTPUT(SLOT, NAME)                                                                                                        \
    layout(binding = SLOT) writeonly buffer NAME##VectorBlock { vec4 NAME##Vectors[]; };                                          \
    layout(binding = SLOT) writeonly buffer NAME##ScalarBlock { float NAME##Scalars[]; };                                         \
    void put4(uint index, vec4 value) { NAME##Vectors[index] = value; }                                                           \
    void put1(uint index, float value) { NAME##Scalars[index] = value; }

/// The number of this invocation's workgroup: dispatches of more than 65,535 groups are folded into two dimensions.
uint groupNumber() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
