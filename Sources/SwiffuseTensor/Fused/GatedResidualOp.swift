/// x + gate · y, the gated residual of adaLN-zero: inputs x and y [B, N, D], gate [B, D]; output like x.
public struct GatedResidualOp: FusedOp {
    public static let name = OpName("gated-residual")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 3 && inputs[0].shape.rank == 3 && inputs[1].shape == inputs[0].shape
                && inputs[2].shape == [inputs[0].shape[0], inputs[0].shape[2]], Self.name.name,
            "x and y [B, N, D] and gate [B, D] expected, got \(inputs)")
        return [inputs[0]]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let gate = inputs[2].reshaped(to: inputs[2].shape[0], 1, inputs[2].shape[1])
        return [inputs[0] + gate * inputs[1]]
    }

    public var passesThrough: (output: Int, input: Int)? { (0, 0) }
}
