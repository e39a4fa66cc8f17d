/// A linear layer of what SwiGLU leaves of its input: `LinearOp` of `SwiGLUOp`.
///
/// Inputs: x […, 2F], weight [O, F] and, with a bias, b [O]; output […, O]. A kernel gates some rows where it multiplies
/// them, so that the gated values never exist as a whole.
public struct SwiGLULinearOp: FusedOp {
    public static let name = OpName("swiglu-linear")
    public static var parts: [OpName] { [SwiGLUOp.name, LinearOp.name] }
    public let hasBias: Bool

    public init(hasBias: Bool) { self.hasBias = hasBias }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(!inputs.isEmpty, Self.name.name, "no inputs given")
        return linear.outputs(for: gated(inputs))
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        linear.reference(SwiGLUOp().reference([inputs[0]]) + inputs.dropFirst())
    }

    public func composition(_ inputs: [Tensor]) -> [Tensor] {
        linear(SwiGLUOp()([inputs[0]]) + inputs.dropFirst())
    }

    /// What gradients read: x for both that of the weight and its own, which reads the weight too.
    package func kept(for needed: Set<Int>) -> KeptOperands {
        KeptOperands(inputs: needed.contains(0) ? [0, 1] : needed.contains(1) ? [0] : [])
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        SwiGLUOp().floatingPointOperations(for: [inputs[0]]) + linear.floatingPointOperations(for: gated(inputs))
    }

    private var linear: LinearOp { LinearOp(hasBias: hasBias) }

    /// The inputs of the linear layer.
    private func gated(_ inputs: [TensorSpec]) -> [TensorSpec] {
        SwiGLUOp().outputs(for: [inputs[0]]) + inputs.dropFirst()
    }
}
