/// x · sigmoid(x), elementwise (Hendrycks & Gimpel, arXiv:1606.08415): one input of any shape; output like it.
///
/// What `Tensor.silu()` runs.
public struct SiLUOp: FusedOp {
    public static let name = OpName("silu")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 1 && inputs[0].dtype == .float32, Self.name.name,
            "one float32 tensor expected, got \(inputs)")
        return inputs
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].composedSiLU()] }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 4 * inputs[0].shape.count }
}
