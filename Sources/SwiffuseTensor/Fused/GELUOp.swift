/// GELU in its exact form, x · Φ(x) with Φ the standard normal distribution (Hendrycks & Gimpel, arXiv:1606.08415): one
/// input of any shape; output like it.
///
/// What `Tensor.gelu()` runs.
public struct GELUOp: FusedOp {
    public static let name = OpName("gelu")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 1 && inputs[0].dtype == .float32, Self.name.name,
            "one float32 tensor expected, got \(inputs)")
        return inputs
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].composedGELU()] }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 4 * inputs[0].shape.count }
}
