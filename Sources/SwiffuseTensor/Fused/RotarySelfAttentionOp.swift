/// Attention of tokens over each other with normalised queries and keys and rotary positions, straight from the projection
/// that holds queries, keys and values: `AttentionOp` of `QKNormRotaryOp`.
///
/// Inputs: those of `QKNormRotaryOp`: qkv [B, N, 3·H·d] in the order (3, H, d); query and key norm weights [d]; cos and sin
/// tables [N, d]. Output [B, N, H·d]. A kernel normalises and rotates a head's queries and keys where it needs them, so that
/// they never exist for all heads.
public struct RotarySelfAttentionOp: FusedOp {
    public static let name = OpName("rotary-self-attention")
    public static var parts: [OpName] { [QKNormRotaryOp.name, AttentionOp.name] }
    /// The norms and rotations.
    public let heads: QKNormRotaryOp
    /// Factor of the scores, usually 1/√d.
    public let scale: Float

    public init(heads: QKNormRotaryOp, scale: Float) {
        self.heads = heads
        self.scale = scale
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        AttentionOp(scale: scale).outputs(for: heads.outputs(for: inputs))
    }

    /// The tables.
    public var constantInputs: Set<Int> { heads.constantInputs }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        AttentionOp(scale: scale).reference(heads.reference(inputs))
    }

    public func composition(_ inputs: [Tensor]) -> [Tensor] { AttentionOp(scale: scale)(heads(inputs)) }

    /// By queries, keys and values, which are one input.
    public var gradientPasses: Int? { 2 }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        heads.floatingPointOperations(for: inputs)
            + AttentionOp(scale: scale).floatingPointOperations(for: heads.outputs(for: inputs))
    }
}
