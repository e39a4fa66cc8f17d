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
    ///   - x: tokens [B, rows·columns, D].
    ///   - condition: SiLU of the condition, [B, D].
    ///   - patchSize: p, the side of a patch in pixels.
    ///   - rows: patches down the image.
    ///   - columns: patches across it.
    /// - Returns: [B, C, rows·p, columns·p].
    func callAsFunction(
        _ x: Tensor, condition: Tensor, patchSize: Int, rows: Int, columns: Int, _ pass: Pass
    ) -> Tensor {
        let parts = modulation(condition, pass).chunked(into: 2, along: -1)
        return linear.beforeUnpatchify(
            norm.modulated(x, shift: parts[0], scale: parts[1], pass), Self.layout(patchSize: patchSize), rows: rows,
            columns: columns, pass)
    }

    /// How the linear map's outputs are ordered.
    static func layout(patchSize: Int) -> PatchLayout { PatchLayout(size: patchSize, order: .channelsLast) }
}
