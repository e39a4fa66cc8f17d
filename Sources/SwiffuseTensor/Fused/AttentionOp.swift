/// softmax(q · kᵀ · scale + mask) · v per head (Vaswani et al., arXiv:1706.03762).
///
/// Inputs: q [B, H, N, d], k and v [B, H, M, d], and with `isMasked` a mask [B or 1, H or 1, N or 1, M] that is added
/// to the scores: −∞ hides a key, other values are biases; it is a constant. Output [B, N, H·d]; a query that sees no
/// key gets 0.
public struct AttentionOp: FusedOp {
    public static let name = OpName("attention")
    /// Factor of the scores, usually 1/√d.
    public let scale: Float
    /// Whether there is a mask.
    public let isMasked: Bool

    public init(scale: Float, isMasked: Bool = false) {
        self.scale = scale
        self.isMasked = isMasked
    }

    public var constantInputs: Set<Int> { [3] }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == (isMasked ? 4 : 3) && inputs[0].shape.rank == 4, Self.name.name,
            "q [B, H, N, d], k, v\(isMasked ? " and a mask" : "") expected, got \(inputs)")
        let (q, k) = (inputs[0].shape, inputs[1].shape)
        require(
            k.rank == 4 && k.replacing(2, with: q[2]) == q && inputs[2].shape == k, Self.name.name,
            "k and v [\(q[0]), \(q[1]), M, \(q[3])] expected, got \(k) and \(inputs[2].shape)")
        if isMasked {
            let mask = inputs[3].shape
            let scores = [q[0], q[1], q[2], k[2]]
            require(
                mask.rank == 4 && mask[3] == k[2] && (0..<3).allSatisfy { mask[$0] == 1 || mask[$0] == scores[$0] },
                Self.name.name, "a mask for scores \(Shape(scores)) expected, got \(mask)")
        }
        return [TensorSpec([q[0], q[2], q[1] * q[3]])]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let shape = inputs[0].shape
        let scores = inputs[0].matmul(inputs[1].transposed(), scale: scale)
        let mixed = (isMasked ? weights(of: scores + inputs[3].detached()) : weights(of: scores)).matmul(inputs[2])
        return [mixed.permuted(to: [0, 2, 1, 3]).reshaped(to: shape[0], shape[2], shape[1] * shape[3])]
    }

    /// Softmax over the last axis.
    private func weights(of scores: Tensor) -> Tensor {
        let maximum = scores.maximum(over: [-1], axes: .kept).detached()
        guard isMasked else {
            let shifted = (scores - maximum).exp()
            return shifted / shifted.sum(over: [-1], axes: .kept)
        }
        // A finite maximum leaves e^(−∞) = 0 where all keys are hidden.
        let shifted = (scores - maximum.clamped(lower: -Float.greatestFiniteMagnitude)).exp()
        let sum = shifted.sum(over: [-1], axes: .kept)
        return shifted / (sum + sum.detached().isEqual(to: Tensor.zeros([], on: sum.device)))
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        4 * inputs[0].shape.count * inputs[1].shape[2]
    }
}
