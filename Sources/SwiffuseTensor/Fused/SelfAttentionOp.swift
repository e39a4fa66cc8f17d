/// Attention of tokens over each other, softmax(q · kᵀ · scale) · v per head (Vaswani et al., arXiv:1706.03762), straight
/// from the projection that holds queries, keys and values.
///
/// Input: qkv [B, N, 3·H·d] in the order (3, H, d); output [B, N, H·d]. A kernel reads the heads where they lie, and puts
/// their gradients into one of the projection.
public struct SelfAttentionOp: FusedOp {
    public static let name = OpName("self-attention")
    public let headCount: Int
    /// Factor of the scores, usually 1/√d.
    public let scale: Float

    public init(headCount: Int, scale: Float) {
        self.headCount = headCount
        self.scale = scale
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 1 && inputs[0].shape.rank == 3 && inputs[0].shape[2] % (3 * headCount) == 0,
            Self.name.name, "qkv [B, N, 3·H·d] with H = \(headCount) expected, got \(inputs)")
        return [TensorSpec(inputs[0].shape.replacing(2, with: inputs[0].shape[2] / 3))]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let shape = inputs[0].shape
        let parts = inputs[0].reshaped(to: shape[0], shape[1], 3 * headCount, shape[2] / (3 * headCount))
        let heads = parts.chunked(into: 3, along: 2).map { $0.permuted(to: [0, 2, 1, 3]) }
        return AttentionOp(scale: scale).reference(heads)
    }

    /// By queries, keys and values, which are one input.
    public var gradientPasses: Int? { 2 }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        4 * inputs[0].shape.count / 3 * inputs[0].shape[1]
    }

    /// Queries, keys and values, each [B, H, N, d], within a dense projection [B, N, 3·H·d].
    public func heads(of qkv: BufferView) -> [BufferView] {
        let (count, width) = (qkv.shape[1], qkv.shape[2])
        let size = width / (3 * headCount)
        return (0..<3).map {
            BufferView(
                buffer: qkv.buffer, dtype: qkv.dtype, offset: qkv.offset + $0 * headCount * size,
                shape: [qkv.shape[0], headCount, count, size], strides: [count * width, size, width, 1])
        }
    }
}
