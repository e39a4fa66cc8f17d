/// y = LayerNorm(x) · (1 + scale) + shift, the modulated norm of the original DiT (Peebles & Xie, arXiv:2212.09748).
///
/// Inputs: x [B, N, D], shift [B, D], scale [B, D] (often slices of one projection); output like x. The norm has no
/// factors of its own.
public struct ModulatedLayerNormOp: FusedOp {
    public static let name = OpName("modulated-layer-norm")
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(inputs.count == 3 && inputs[0].shape.rank == 3, Self.name.name, "x [B, N, D] expected, got \(inputs)")
        let row: Shape = [inputs[0].shape[0], inputs[0].shape[2]]
        require(
            inputs[1].shape == row && inputs[2].shape == row, Self.name.name,
            "shift and scale \(row) expected, got \(inputs.dropFirst().map(\.shape))")
        return [inputs[0]]
    }

    public var isCheapToRepeat: Bool { true }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let (batch, width) = (inputs[0].shape[0], inputs[0].shape[2])
        let normalized = LayerNormOp(hasFactors: false, epsilon: epsilon).reference([inputs[0]])[0]
        let shift = inputs[1].reshaped(to: batch, 1, width)
        let scale = inputs[2].reshaped(to: batch, 1, width)
        return [normalized * (scale + 1) + shift]
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 10 * inputs[0].shape.count }
}
