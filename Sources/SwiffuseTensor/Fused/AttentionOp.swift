/// softmax(q · kᵀ · scale) · v per head (Vaswani et al., arXiv:1706.03762).
///
/// Inputs: q [B, H, N, d], k and v [B, H, M, d]; output [B, N, H·d].
public struct AttentionOp: FusedOp {
    public static let name = OpName("attention")
    /// Factor of the scores, usually 1/√d.
    public let scale: Float

    public init(scale: Float) { self.scale = scale }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 3 && inputs[0].shape.rank == 4, Self.name.name, "q [B, H, N, d] expected, got \(inputs)")
        let (q, k) = (inputs[0].shape, inputs[1].shape)
        require(
            k.rank == 4 && k.replacing(2, with: q[2]) == q && inputs[2].shape == k, Self.name.name,
            "k and v [\(q[0]), \(q[1]), M, \(q[3])] expected, got \(k) and \(inputs[2].shape)")
        return [TensorSpec([q[0], q[2], q[1] * q[3]])]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let shape = inputs[0].shape
        let scores = inputs[0].matmul(inputs[1].transposed(), scale: scale)
        let shifted = (scores - scores.maximum(over: [-1], axes: .kept).detached()).exp()
        let weights = shifted / shifted.sum(over: [-1], axes: .kept)
        let mixed = weights.matmul(inputs[2])
        return [mixed.permuted(to: [0, 2, 1, 3]).reshaped(to: shape[0], shape[2], shape[1] * shape[3])]
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        4 * inputs[0].shape.count * inputs[1].shape[2]
    }
}
