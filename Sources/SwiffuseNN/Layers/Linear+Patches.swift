public import SwiffuseTensor

extension Linear {
    /// The layer of an image's patches, as one operation.
    ///
    /// - Parameter image: [B, C, H, W] with C·p·p = in.
    /// - Returns: [B, N, out], patches row by row.
    public func afterPatchify(_ image: Tensor, _ layout: PatchLayout, _ pass: Pass) -> Tensor {
        PatchifyLinearOp(layout, hasBias: bias != nil)([image, pass(weight)] + (bias.map { [pass($0)] } ?? []))[0]
    }

    /// The layer, and its outputs put together to an image, as one operation.
    ///
    /// - Parameters:
    ///   - x: [B, rows·columns, in].
    ///   - layout: of the layer's outputs, C·p·p = out.
    ///   - rows: patches down the image.
    ///   - columns: patches across it.
    /// - Returns: [B, C, rows·p, columns·p].
    public func beforeUnpatchify(
        _ x: Tensor, _ layout: PatchLayout, rows: Int, columns: Int, _ pass: Pass
    ) -> Tensor {
        LinearUnpatchifyOp(layout, rows: rows, columns: columns, hasBias: bias != nil)(
            [x, pass(weight)] + (bias.map { [pass($0)] } ?? []))[0]
    }
}
