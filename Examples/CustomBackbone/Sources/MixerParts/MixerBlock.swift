import Swiffuse

/// Mixes tokens, then channels, each in a residual branch behind a norm that the condition modulates.
///
/// x += MLP(norm(x)ᵀ)ᵀ, then x += MLP(norm(x)) (MLP-Mixer, Tolstikhin et al., arXiv:2105.01601, eq. 1); the modulation is
/// DiT's (Peebles & Xie, arXiv:2212.09748).
struct MixerBlock: Sendable {
    private let tokens: (first: Linear, second: Linear)
    private let channels: (first: Linear, second: Linear)
    private let modulation: Linear

    init(_ scope: Scope, tokenCount: Int, _ configuration: MixerConfiguration) {
        let width = configuration.width
        tokens = Self.layers(scope.child("tokens"), width: tokenCount, ratio: configuration.tokenRatio)
        channels = Self.layers(scope.child("channels"), width: width, ratio: configuration.channelRatio)
        modulation = Linear(scope.child("modulation"), from: width, to: 4 * width, initial: .zeros)
    }

    private static func layers(_ scope: Scope, width: Int, ratio: Double) -> (first: Linear, second: Linear) {
        let hidden = max(1, Int(Double(width) * ratio))
        return (
            Linear(scope.child("0"), from: width, to: hidden), Linear(scope.child("2"), from: hidden, to: width)
        )
    }

    /// - Parameters:
    ///   - x: tokens, [B, N, D].
    ///   - condition: [B, D].
    func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
        let parts = modulation(condition, pass).chunked(into: 4, along: -1)
        let turned = LayerNorm().modulated(x, shift: parts[1], scale: parts[0]).transposed()
        let mixed = x + tokens.second(tokens.first(turned, pass).silu(), pass).transposed()
        let modulated = LayerNorm().modulated(mixed, shift: parts[3], scale: parts[2])
        return mixed + channels.second(channels.first(modulated, pass).silu(), pass)
    }
}
