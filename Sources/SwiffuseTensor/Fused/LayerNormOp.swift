/// y = (x − mean) / √(variance + ε) · w + b over the last axis (Ba et al., arXiv:1607.06450).
///
/// Inputs: x […, D] and, with factors, w [D] and b [D]; output like x.
public struct LayerNormOp: FusedOp {
    public static let name = OpName("layer-norm")
    /// Whether w and b are given; without, w = 1 and b = 0.
    public let hasFactors: Bool
    public let epsilon: Float

    public init(hasFactors: Bool, epsilon: Float = 1e-6) {
        self.hasFactors = hasFactors
        self.epsilon = epsilon
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == (hasFactors ? 3 : 1) && inputs[0].shape.rank >= 1, Self.name.name,
            hasFactors ? "x […, D], w [D] and b [D] expected, got \(inputs)" : "x […, D] expected, got \(inputs)")
        let row: Shape = [inputs[0].shape.last]
        require(
            inputs.dropFirst().allSatisfy { $0.shape == row }, Self.name.name,
            "w and b \(row) expected, got \(inputs.dropFirst().map(\.shape))")
        return [inputs[0]]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let centred = inputs[0] - inputs[0].mean(over: [-1], axes: .kept)
        let inverse = (centred.squared().mean(over: [-1], axes: .kept) + epsilon).reciprocalSquareRoot()
        let normalized = centred * inverse
        return [hasFactors ? normalized * inputs[1] + inputs[2] : normalized]
    }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 8 * inputs[0].shape.count }
}
