/// A smooth function of each element: one float32 input of any shape; output like it.
public protocol ActivationOp: FusedOp {}

extension ActivationOp {
    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 1 && inputs[0].dtype == .float32, Self.name.name,
            "one float32 tensor expected, got \(inputs)")
        return inputs
    }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 4 * inputs[0].shape.count }
}

/// x · sigmoid(x), elementwise (Hendrycks & Gimpel, arXiv:1606.08415).
///
/// What `Tensor.silu()` runs.
public struct SiLUOp: ActivationOp {
    public static let name = OpName("silu")

    public init() {}

    public func reference(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].composedSiLU()] }
}

/// GELU in its exact form, x · Φ(x) with Φ the standard normal distribution (Hendrycks & Gimpel, arXiv:1606.08415).
///
/// What `Tensor.gelu()` runs.
public struct GELUOp: ActivationOp {
    public static let name = OpName("gelu")

    public init() {}

    public func reference(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].composedGELU()] }
}
