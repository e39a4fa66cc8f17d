import SwiffuseNN
import SwiffuseTensor

/// One transformer block with adaLN-zero: x += g₁·Attention(norm(x)), then x += g₂·SwiGLU(norm(x)), norms modulated by
/// the condition.
struct JiTBlock: Sendable {
    let firstNorm: RMSNorm
    let attention: JiTAttention
    let secondNorm: RMSNorm
    let feedForward: SwiGLU
    let modulation: Linear
    /// The parameters of this block.
    let parameters: [Parameter]

    init(_ scope: Scope, configuration: JiTConfiguration, dropoutRate: Float) {
        let width = configuration.hiddenSize
        let before = scope.parameters.count
        firstNorm = RMSNorm(scope.child("norm1"), width: width)
        attention = JiTAttention(
            scope.child("attn"), width: width, headCount: configuration.headCount, dropoutRate: dropoutRate)
        secondNorm = RMSNorm(scope.child("norm2"), width: width)
        feedForward = SwiGLU(
            scope.child("mlp"), width: width, hidden: configuration.feedForwardWidth, dropoutRate: dropoutRate)
        // adaLN-zero: every block starts as the identity (Peebles & Xie, arXiv:2212.09748, section 3.2).
        modulation = Linear(scope.child("adaLN_modulation.1"), from: width, to: 6 * width, initial: .zeros)
        parameters = Array(scope.parameters.dropFirst(before))
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - condition: SiLU of the condition, [B, D].
    ///   - rotation: cosines and sines, each [N, d].
    /// - Returns: [B, N, D].
    func callAsFunction(
        _ x: Tensor, condition: Tensor, rotation: (cos: Tensor, sin: Tensor), _ pass: Pass
    ) -> Tensor {
        let parts = modulation(condition, pass).chunked(into: 6, along: -1)
        let attended = attention(
            firstNorm.modulated(x, shift: parts[0], scale: parts[1], pass), rotation: rotation, pass)
        let middle = GatedResidualOp()([x, attended, parts[2]])[0]
        let fed = feedForward(secondNorm.modulated(middle, shift: parts[3], scale: parts[4], pass), pass)
        return GatedResidualOp()([middle, fed, parts[5]])[0]
    }
}
