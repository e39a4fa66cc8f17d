/// y = x · Wᵀ + b: inputs x […, I], weight [O, I] and, with a bias, b [O]; output […, O].
public struct LinearOp: FusedOp {
    public static let name = OpName("linear")
    public let hasBias: Bool

    public init(hasBias: Bool) { self.hasBias = hasBias }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(inputs.count == (hasBias ? 3 : 2), Self.name.name, "\(inputs.count) inputs given")
        let (x, weight) = (inputs[0].shape, inputs[1].shape)
        require(
            x.rank >= 1 && weight.rank == 2 && x[-1] == weight[1], Self.name.name,
            "weight must be [out, in] for x \(x), got \(weight)")
        require(
            !hasBias || inputs[2].shape == [weight[0]], Self.name.name,
            "bias must be [\(weight[0])], got \(inputs.last?.shape ?? [])")
        return [TensorSpec(x.replacing(-1, with: weight[0]))]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let (x, weight) = (inputs[0], inputs[1])
        let rows = x.reshaped(to: x.shape.dimensions.dropLast().reduce(1, *), weight.shape[1])
        let product = rows.matmul(weight.transposed())
        let result = hasBias ? product + inputs[2] : product
        return [result.reshaped(to: Array(x.shape.dimensions.dropLast()) + [weight.shape[0]])]
    }

    /// What gradients read: x for that of the weight, the weight for that of x.
    package func kept(for needed: Set<Int>) -> KeptOperands {
        KeptOperands(inputs: Set((needed.contains(1) ? [0] : []) + (needed.contains(0) ? [1] : [])))
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        2 * inputs[0].shape.count * inputs[1].shape[0]
    }
}
