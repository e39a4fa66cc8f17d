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
    ///   - x: tokens [B, rows·columns, D].
    ///   - condition: SiLU of the condition, [B, D].
    ///   - layout: of the linear map's outputs.
    ///   - rows: patches down the image.
    ///   - columns: patches across it.
    /// - Returns: [B, C, rows·p, columns·p].
    func callAsFunction(
        _ x: Tensor, condition: Tensor, _ layout: PatchLayout, rows: Int, columns: Int, _ pass: Pass
    ) -> Tensor {
        let parts = modulation(condition, pass).chunked(into: 2, along: -1)
        return linear.beforeUnpatchify(
            LayerNorm().modulated(x, shift: parts[0], scale: parts[1]), layout, rows: rows, columns: columns, pass)
    }
}
