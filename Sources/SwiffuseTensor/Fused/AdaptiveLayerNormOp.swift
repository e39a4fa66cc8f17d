/// (norm(x) · w + b) · (1 + scale) + shift, where every row has a condition of its own: the adaptive layer norm of a
/// decoder of single pixels (DeCo, arXiv:2511.19365).
///
/// Inputs: x […, D], w [D], b [D], modulation […, 3·D] in the order shift, scale, gate; output like x. The gate is for
/// `AdaptiveResidualOp`.
public struct AdaptiveLayerNormOp: FusedOp {
    public static let name = OpName("adaptive-layer-norm")
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 4 && inputs[0].shape.rank >= 1 && inputs[1].shape == [inputs[0].shape.last]
                && inputs[2].shape == inputs[1].shape
                && inputs[3].shape == inputs[0].shape.replacing(-1, with: 3 * inputs[0].shape.last), Self.name.name,
            "x […, D], w [D], b [D] and modulation […, 3·D] expected, got \(inputs)")
        return [inputs[0]]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let parts = inputs[3].chunked(into: 3, along: -1)
        let normalized = LayerNormOp(hasFactors: true, epsilon: epsilon).reference(Array(inputs.prefix(3)))[0]
        return [normalized * (parts[1] + 1) + parts[0]]
    }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 10 * inputs[0].shape.count }
}

/// x + gate · y, where every row has a gate of its own.
///
/// Inputs: x and y […, D], modulation […, 3·D] in the order shift, scale, gate; output like x.
public struct AdaptiveResidualOp: FusedOp {
    public static let name = OpName("adaptive-residual")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 3 && inputs[0].shape.rank >= 1 && inputs[1].shape == inputs[0].shape
                && inputs[2].shape == inputs[0].shape.replacing(-1, with: 3 * inputs[0].shape.last), Self.name.name,
            "x and y […, D] and modulation […, 3·D] expected, got \(inputs)")
        return [inputs[0]]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        [inputs[0] + inputs[2].chunked(into: 3, along: -1)[2] * inputs[1]]
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 2 * inputs[0].shape.count }

    public var passesThrough: (output: Int, input: Int)? { (0, 0) }
}
