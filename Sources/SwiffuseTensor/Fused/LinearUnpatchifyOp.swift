/// A linear layer whose outputs are the patches of an image: `Tensor.unpatchified(_:rows:columns:)` of `LinearOp`.
///
/// Inputs: x [B, rows·columns, I], weight [C·p·p, I] and, with a bias, b [C·p·p]; output [B, C, rows·p, columns·p]. A
/// kernel puts some patches into the image where it has multiplied them, so that they never exist as a whole.
public struct LinearUnpatchifyOp: FusedOp {
    public static let name = OpName("linear-unpatchify")
    public static var parts: [OpName] { [LinearOp.name] }
    public let layout: PatchLayout
    /// Patches down the image.
    public let rows: Int
    /// Patches across the image.
    public let columns: Int
    public let hasBias: Bool

    public init(_ layout: PatchLayout, rows: Int, columns: Int, hasBias: Bool) {
        self.layout = layout
        self.rows = rows
        self.columns = columns
        self.hasBias = hasBias
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        let patches = linear.outputs(for: inputs)[0].shape
        return [TensorSpec(layout.image(of: patches, rows: rows, columns: columns, operation: Self.name.name))]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        [linear.reference(inputs)[0].unpatchified(layout, rows: rows, columns: columns)]
    }

    public func composition(_ inputs: [Tensor]) -> [Tensor] {
        [linear(inputs)[0].unpatchified(layout, rows: rows, columns: columns)]
    }

    /// What gradients read: x for that of the weight, the weight for that of x.
    package func kept(for needed: Set<Int>) -> KeptOperands { linear.kept(for: needed) }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        linear.floatingPointOperations(for: inputs)
    }

    private var linear: LinearOp { LinearOp(hasBias: hasBias) }
}
