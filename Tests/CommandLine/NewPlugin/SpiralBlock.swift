import Swiffuse

/// x += MLP(norm(x) · (1 + scale) + shift), whose hidden layer also sees the mean of all patches.
struct SpiralBlock: Sendable {
    private let modulation: Linear
    private let own: Linear
    private let shared: Linear
    private let output: Linear

    init(_ scope: Scope, width: Int) {
        modulation = Linear(scope.child("modulation"), from: width, to: 2 * width, initial: .zeros)
        own = Linear(scope.child("own"), from: width, to: 4 * width)
        shared = Linear(scope.child("shared"), from: width, to: 4 * width)
        output = Linear(scope.child("output"), from: 4 * width, to: width)
    }

    /// - Parameters:
    ///   - x: one vector per patch, [B, N, D].
    ///   - condition: [B, D].
    func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
        let parts = modulation(condition, pass).chunked(into: 2, along: -1)
        let modulated = LayerNorm().modulated(x, shift: parts[1], scale: parts[0])
        let everywhere = modulated.mean(over: [1], axes: .kept)
        return x + output((own(modulated, pass) + shared(everywhere, pass)).silu(), pass)
    }
}
