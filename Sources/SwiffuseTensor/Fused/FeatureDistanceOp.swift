/// The mean squared difference of two images' features, each pixel's of length 1: a stage of LPIPS (Zhang et al.,
/// arXiv:1801.03924, eq. 1).
///
/// Inputs: x, y [B, C, N] with N pixels; output [B, C] of means over n of (x̂ − ŷ)², where
/// x̂ = x / (‖x‖ + 10⁻¹⁰) with norms over channels. Where all channels are 0, x̂ is 0 and has no gradient.
public struct FeatureDistanceOp: FusedOp {
    public static let name = OpName("feature-distance")

    /// What is added to norms.
    package static let epsilon: Float = 1e-10

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 2 && inputs[0].shape.rank == 3 && inputs[0].shape == inputs[1].shape, Self.name.name,
            "two [B, C, N] expected, got \(inputs)")
        return [TensorSpec(Shape(Array(inputs[0].shape.dimensions.prefix(2))))]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        [(Self.normalised(inputs[0]) - Self.normalised(inputs[1])).squared().mean(over: [2])]
    }

    private static func normalised(_ features: Tensor) -> Tensor {
        let squares = features.squared().sum(over: [1], axes: .kept)
        let isZero = squares.detached().isEqual(to: Tensor.zeros([], on: features.device))
        // A zero is raised to 1, so that the root has a gradient, and the factor is then 0.
        let norm = (squares + isZero).squareRoot() + epsilon
        return features * ((1 - isZero) / norm)
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 8 * inputs[0].shape.count }

    /// What kernels keep for the gradient: the norms of x's and y's pixels, 2 × [B, N].
    package static func norms(_ inputs: [TensorSpec]) -> [TensorSpec] {
        let shape = inputs[0].shape
        return [TensorSpec([2, shape[0], shape[2]])]
    }
}
