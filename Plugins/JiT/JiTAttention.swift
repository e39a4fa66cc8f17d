import SwiffuseNN
import SwiffuseTensor

/// Self-attention with normalised queries and keys and two-dimensional rotary positions; keys `qkv`, `q_norm`,
/// `k_norm`, `proj`.
struct JiTAttention: Sendable {
    let queryNorm: RMSNorm
    let keyNorm: RMSNorm
    let joint: Linear
    let output: Linear
    let headCount: Int
    let dropoutRate: Float
    private let site: String

    init(_ scope: Scope, width: Int, headCount: Int, dropoutRate: Float) {
        let headSize = width / headCount
        queryNorm = RMSNorm(scope.child("q_norm"), width: headSize)
        keyNorm = RMSNorm(scope.child("k_norm"), width: headSize)
        joint = Linear(scope.child("qkv"), from: width, to: 3 * width)
        output = Linear(scope.child("proj"), from: width, to: width)
        self.headCount = headCount
        self.dropoutRate = dropoutRate
        site = scope.path + ".proj_drop"
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - rotation: cosines and sines, each [N, d].
    /// - Returns: [B, N, D].
    func callAsFunction(_ x: Tensor, rotation: (cos: Tensor, sin: Tensor), _ pass: Pass) -> Tensor {
        let heads = QKNormRotaryOp(headCount: headCount, epsilon: queryNorm.epsilon)(
            [joint(x, pass), pass(queryNorm.weight), pass(keyNorm.weight), rotation.cos, rotation.sin])
        let headSize = Float(heads[0].shape.last)
        let mixed = AttentionOp(scale: 1 / headSize.squareRoot())(heads)[0]
        return pass.dropout(output(mixed, pass), rate: dropoutRate, site: site)
    }
}
