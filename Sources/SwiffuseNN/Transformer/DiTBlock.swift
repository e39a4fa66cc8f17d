public import SwiffuseTensor

/// One transformer block of DiT, DeCo and PixNerd: x += g₁·Attention(norm(x)), then x += g₂·FeedForward(norm(x)), norms
/// modulated by the condition (adaLN: Peebles & Xie, arXiv:2212.09748, section 3.2).
///
/// Layers start with PyTorch's default values; the modulation does not start at zero, as in the official code.
public struct DiTBlock: Sendable {
    let firstNorm: RMSNorm
    let attention: SelfAttention
    let secondNorm: RMSNorm
    let feedForward: GatedFeedForward
    let modulation: Linear
    /// The parameters of this block.
    let parameters: [Parameter]

    /// Hidden width of the feed-forward layers for tokens of width D: ⌊2·4D/3⌋.
    public static func feedForwardWidth(of width: Int) -> Int { 8 * width / 3 }

    public init(_ scope: Scope, width: Int, headCount: Int) {
        let before = scope.parameters.count
        firstNorm = RMSNorm(scope.child("norm1"), width: width)
        attention = Self.attention(scope.child("attn"), width: width, headCount: headCount)
        secondNorm = RMSNorm(scope.child("norm2"), width: width)
        feedForward = GatedFeedForward(scope.child("mlp"), width: width, hidden: Self.feedForwardWidth(of: width))
        modulation = Linear(
            scope.child("adaLN_modulation.0"), from: width, to: 6 * width, bias: .uniform, initial: .kaimingUniform)
        parameters = Array(scope.parameters.dropFirst(before))
    }

    /// The attention of these blocks; keys `qkv` (no bias), `q_norm`, `k_norm`, `proj`.
    public static func attention(_ scope: Scope, width: Int, headCount: Int) -> SelfAttention {
        SelfAttention(
            joint: Linear(scope.child("qkv"), from: width, to: 3 * width, bias: .none, initial: .kaimingUniform),
            queryNorm: RMSNorm(scope.child("q_norm"), width: width / headCount),
            keyNorm: RMSNorm(scope.child("k_norm"), width: width / headCount),
            output: Linear(scope.child("proj"), from: width, to: width, bias: .uniform, initial: .kaimingUniform),
            headCount: headCount)
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - condition: SiLU of the condition, [B, D].
    ///   - rotation: cosines and sines, each [N, d].
    /// - Returns: [B, N, D].
    public func callAsFunction(
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
