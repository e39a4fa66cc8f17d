internal import CVulkanKernels

/// The compute kernels, by the names of their shader files.
enum Kernel: String, CaseIterable, Sendable {
    case elementwise, convert, reduce, matmul, pack, panels, random, windows, softmax, cosine, adamw
    case matmulAny = "matmul_any"
    case matmulTiled = "matmul_tiled"
    case matmulMatrices = "matmul_matrices"
    case adamwTable = "adamw_table"
    case gatherRows = "gather_rows"
    case scatterRows = "scatter_rows"
    case normForward = "norm_forward"
    case normBackward = "norm_backward"
    case normFinish = "norm_finish"
    case columnSums = "column_sums"
    case layerNormForward = "layer_norm_forward"
    case layerNormBackward = "layer_norm_backward"
    case layerNormModulation = "layer_norm_modulation"
    case layerNormSums = "layer_norm_sums"
    case headsForward = "heads_forward"
    case headsBackward = "heads_backward"
    case headsSums = "heads_sums"
    case headProducts = "head_products"
    case halvedMaximum = "halved_maximum"
    case halvedMaximumBackward = "halved_maximum_backward"
    case featureDistance = "feature_distance"
    case featureDistanceBackward = "feature_distance_backward"
    case cosineBackward = "cosine_backward"

    /// The SPIR-V of a kernel, reading its inputs through texel buffer views or as storage buffers.
    func code(usesTexels: Bool) -> cvk_code? {
        cvk_find_kernel(rawValue).map { usesTexels ? $0.pointee.texels : $0.pointee.storage }
    }
}
