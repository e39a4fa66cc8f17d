/// x + gate · y: the gated residual of adaLN-zero, or LayerScale (Touvron et al., arXiv:2103.17239).
///
/// Inputs: x and y [B, N, D] and a gate for each image, [B, D]; or x and y […, D] and one gate, [D]. Output like x.
public struct GatedResidualOp: FusedOp {
    public static let name = OpName("gated-residual")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 3 && inputs[0].shape.rank >= 1 && inputs[1].shape == inputs[0].shape
                && Self.fits(inputs[2].shape, inputs[0].shape), Self.name.name,
            "x and y [B, N, D] and gate [B, D], or x and y […, D] and gate [D] expected, got \(inputs)")
        return [inputs[0]]
    }

    private static func fits(_ gate: Shape, _ x: Shape) -> Bool {
        gate == [x.last] || (x.rank == 3 && gate == [x[0], x[2]])
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let gate = inputs[2]
        if gate.shape.rank == 1 { return [inputs[0] + gate * inputs[1]] }
        return [inputs[0] + gate.reshaped(to: gate.shape[0], 1, gate.shape[1]) * inputs[1]]
    }

    /// What gradients read: the gate for that of y, y for that of the gate.
    package func kept(for needed: Set<Int>) -> KeptOperands {
        KeptOperands(inputs: needed.contains(2) ? [1, 2] : [2])
    }

    public var passesThrough: (output: Int, input: Int)? { (0, 0) }
}
