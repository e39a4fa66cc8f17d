import SwiffuseNN
import SwiffuseTensor

/// Layer norm modulated by the condition and a linear map from tokens to pixels; keys `linear`, `adaLN_modulation.0`.
struct DiTFinalLayer: Sendable {
    let linear: Linear
    private let modulation: Linear

    init(_ scope: Scope, width: Int, patchValues: Int) {
        linear = Linear(scope.child("linear"), from: width, to: patchValues, initial: .zeros)
        modulation = Linear(scope.child("adaLN_modulation.0"), from: width, to: 2 * width, initial: .zeros)
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - condition: SiLU of the condition, [B, D].
    /// - Returns: [B, N, C·p·p], each token ordered (channel, row, column).
    func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
        let parts = modulation(condition, pass).reshaped(to: x.shape[0], 1, -1).chunked(into: 2, along: -1)
        return linear(LayerNorm()(x) * (parts[1] + 1) + parts[0], pass)
    }
}
