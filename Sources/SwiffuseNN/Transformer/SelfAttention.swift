public import SwiffuseTensor

/// Self-attention with normalised queries and keys and rotary positions.
///
/// The official models name the layers alike (`qkv`, `q_norm`, `k_norm`, `proj`) but declare them in different orders,
/// so they are given.
public struct SelfAttention: Sendable {
    /// D → 3·D, in the order (3, H, d).
    public let joint: Linear
    /// Over the head size d.
    public let queryNorm: RMSNorm
    /// Over the head size d.
    public let keyNorm: RMSNorm
    /// D → D.
    public let output: Linear
    public let headCount: Int

    public init(joint: Linear, queryNorm: RMSNorm, keyNorm: RMSNorm, output: Linear, headCount: Int) {
        self.joint = joint
        self.queryNorm = queryNorm
        self.keyNorm = keyNorm
        self.output = output
        self.headCount = headCount
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - rotation: cosines and sines, each [N, d].
    /// - Returns: [B, N, D].
    public func callAsFunction(_ x: Tensor, rotation: (cos: Tensor, sin: Tensor), _ pass: Pass) -> Tensor {
        let attention = RotarySelfAttentionOp(heads: split, scale: scale)
        return output(attention(headInputs(of: x, rotation: rotation, pass))[0], pass)
    }

    /// Attention between some pairs of tokens only.
    ///
    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - allowed: 1 where a token (row) may look at another (column), else 0; broadcasts to [B, H, N, N]. Each row needs
    ///     a 1.
    ///   - rotation: cosines and sines, each [N, d].
    /// - Returns: [B, N, D].
    public func masked(
        _ x: Tensor, allowing allowed: Tensor, rotation: (cos: Tensor, sin: Tensor), _ pass: Pass
    ) -> Tensor {
        let heads = split(headInputs(of: x, rotation: rotation, pass))
        let scores = heads[0].matmul(heads[1].transposed(), scale: scale)
        let blocked = Tensor.filled(-.infinity, shape: [], on: x.device)
        let weights = allowed.broadcast(to: scores.shape).select(scores, else: blocked).softmax()
        let mixed = weights.matmul(heads[2]).permuted(to: [0, 2, 1, 3])
        return output(mixed.reshaped(to: x.shape.dimensions), pass)
    }

    /// From the projection to queries, keys and values, each [B, H, N, d].
    private var split: QKNormRotaryOp { QKNormRotaryOp(headCount: headCount, epsilon: queryNorm.epsilon) }

    /// What `split` reads.
    private func headInputs(of x: Tensor, rotation: (cos: Tensor, sin: Tensor), _ pass: Pass) -> [Tensor] {
        [joint(x, pass), pass(queryNorm.weight), pass(keyNorm.weight), rotation.cos, rotation.sin]
    }

    /// 1/√d.
    private var scale: Float { 1 / Float(queryNorm.weight.shape.count).squareRoot() }
}
