/// A linear layer of an image's patches: `LinearOp` of `Tensor.patchified(_:)`.
///
/// Inputs: image [B, C, H, W], weight [O, C·p·p] and, with a bias, b [O]; output [B, N, O]. A kernel gathers some
/// patches where it multiplies them, so that they never exist as a whole.
public struct PatchifyLinearOp: FusedOp {
    public static let name = OpName("patchify-linear")
    public static var parts: [OpName] { [LinearOp.name] }
    public let layout: PatchLayout
    public let hasBias: Bool

    public init(_ layout: PatchLayout, hasBias: Bool) {
        self.layout = layout
        self.hasBias = hasBias
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(!inputs.isEmpty, Self.name.name, "no inputs given")
        return linear.outputs(for: patchified(inputs))
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        linear.reference([inputs[0].patchified(layout)] + inputs.dropFirst())
    }

    public func composition(_ inputs: [Tensor]) -> [Tensor] {
        linear([inputs[0].patchified(layout)] + inputs.dropFirst())
    }

    /// What gradients read: the image for that of the weight, the weight for that of the image.
    package func kept(for needed: Set<Int>) -> KeptOperands { linear.kept(for: needed) }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        linear.floatingPointOperations(for: patchified(inputs))
    }

    private var linear: LinearOp { LinearOp(hasBias: hasBias) }

    /// The inputs of the linear layer.
    private func patchified(_ inputs: [TensorSpec]) -> [TensorSpec] {
        let image = inputs[0].shape
        let grid = layout.grid(of: image, operation: Self.name.name)
        return [TensorSpec([image[0], grid.rows * grid.columns, image[1] * layout.size * layout.size])]
            + inputs.dropFirst()
    }
}
