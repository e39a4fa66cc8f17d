/// y = w · x / √(mean(x²) + ε) over the last axis (Zhang & Sennrich, arXiv:1910.07467): inputs x […, D], w [D]; output
/// like x.
public struct RMSNormOp: FusedOp {
    public static let name = OpName("rms-norm")
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 2 && inputs[0].shape.rank >= 1 && inputs[1].shape == [inputs[0].shape.last],
            Self.name.name, "x […, D] and w [D] expected, got \(inputs)")
        return [inputs[0]]
    }

    public var isCheapToRepeat: Bool { true }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let meanSquare = x.squared().mean(over: [-1], axes: .kept)
        return [x * (meanSquare + epsilon).reciprocalSquareRoot() * inputs[1]]
    }
}
