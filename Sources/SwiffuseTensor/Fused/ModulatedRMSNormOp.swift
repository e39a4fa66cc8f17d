/// y = RMSNorm(x) · (1 + scale) + shift, the modulated norm of adaLN (Peebles & Xie, arXiv:2212.09748).
///
/// Inputs: x [B, N, D], w [D], shift [B, D], scale [B, D] (often slices of one projection); output like x.
public struct ModulatedRMSNormOp: FusedOp {
    public static let name = OpName("modulated-rms-norm")
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(inputs.count == 4 && inputs[0].shape.rank == 3, Self.name.name, "x [B, N, D] expected, got \(inputs)")
        let x = inputs[0].shape
        let row: Shape = [x[0], x[2]]
        require(
            inputs[1].shape == [x[2]] && inputs[2].shape == row && inputs[3].shape == row, Self.name.name,
            "w [\(x[2])], shift and scale \(row) expected, got \(inputs.dropFirst().map(\.shape))")
        return [inputs[0]]
    }

    public var isCheapToRepeat: Bool { true }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let (batch, width) = (inputs[0].shape[0], inputs[0].shape[2])
        let normalized = RMSNormOp(epsilon: epsilon).reference([inputs[0], inputs[1]])[0]
        let shift = inputs[2].reshaped(to: batch, 1, width)
        let scale = inputs[3].reshaped(to: batch, 1, width)
        return [normalized * (scale + 1) + shift]
    }
}
