import SwiffuseNN
import SwiffuseTensor

/// Self-attention with dropout on its output; keys `q_norm`, `k_norm`, `qkv`, `proj`.
struct JiTAttention: Sendable {
    let attention: SelfAttention
    let dropoutRate: Float
    private let site: String

    init(_ scope: Scope, width: Int, headCount: Int, dropoutRate: Float) {
        let queryNorm = RMSNorm(scope.child("q_norm"), width: width / headCount)
        let keyNorm = RMSNorm(scope.child("k_norm"), width: width / headCount)
        attention = SelfAttention(
            joint: Linear(scope.child("qkv"), from: width, to: 3 * width), queryNorm: queryNorm, keyNorm: keyNorm,
            output: Linear(scope.child("proj"), from: width, to: width), headCount: headCount)
        self.dropoutRate = dropoutRate
        site = scope.path + ".proj_drop"
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - rotation: cosines and sines, each [N, d].
    /// - Returns: [B, N, D].
    func callAsFunction(_ x: Tensor, rotation: (cos: Tensor, sin: Tensor), _ pass: Pass) -> Tensor {
        pass.dropout(attention(x, rotation: rotation, pass), rate: dropoutRate, site: site)
    }
}
