/// The cosine of pairs of vectors, x · y / (max(‖x‖, 10⁻⁸) max(‖y‖, 10⁻⁸)), as torch's `cosine_similarity`.
///
/// Inputs: x, y […, D]; output […]. Where a limit holds, it is a constant.
public struct CosineOp: FusedOp {
    public static let name = OpName("cosine")

    /// The smallest square of a norm.
    package static let smallestSquare: Float = 1e-16

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 2 && inputs[0].shape.rank >= 1 && inputs[0].shape == inputs[1].shape, Self.name.name,
            "two […, D] expected, got \(inputs)")
        return [TensorSpec(Shape(Array(inputs[0].shape.dimensions.dropLast())))]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        [(inputs[0] * inputs[1]).sum(over: [-1]) / (Self.norms(of: inputs[0]) * Self.norms(of: inputs[1]))]
    }

    private static func norms(of vectors: Tensor) -> Tensor {
        vectors.squared().sum(over: [-1]).clamped(lower: smallestSquare).squareRoot()
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 6 * inputs[0].shape.count }
}
