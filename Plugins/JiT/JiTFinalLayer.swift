import SwiffuseNN
import SwiffuseTensor

/// Modulated norm and a linear map from tokens to pixels; keys `norm_final`, `linear`, `adaLN_modulation.1`.
struct JiTFinalLayer: Sendable {
    let norm: RMSNorm
    let linear: Linear
    let modulation: Linear

    init(_ scope: Scope, width: Int, patchValues: Int) {
        norm = RMSNorm(scope.child("norm_final"), width: width)
        linear = Linear(scope.child("linear"), from: width, to: patchValues, initial: .zeros)
        modulation = Linear(scope.child("adaLN_modulation.1"), from: width, to: 2 * width, initial: .zeros)
    }

    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - condition: SiLU of the condition, [B, D].
    /// - Returns: [B, N, p·p·C], each token ordered (row, column, channel).
    func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
        let parts = modulation(condition, pass).chunked(into: 2, along: -1)
        return linear(norm.modulated(x, shift: parts[0], scale: parts[1], pass), pass)
    }

    /// Puts tokens ordered (row, column, channel) back into an image.
    ///
    /// - Returns: [B, C, rows·p, columns·p] for tokens [B, rows·columns, p·p·C].
    static func image(from tokens: Tensor, patchSize: Int, rows: Int, columns: Int) -> Tensor {
        let batch = tokens.shape[0]
        let channels = tokens.shape[2] / (patchSize * patchSize)
        return tokens.reshaped(to: batch, rows, columns, patchSize, patchSize, channels)
            .permuted(to: [0, 5, 1, 3, 2, 4])
            .reshaped(to: batch, channels, rows * patchSize, columns * patchSize)
    }
}
