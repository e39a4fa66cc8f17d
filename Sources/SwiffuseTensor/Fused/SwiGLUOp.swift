/// silu(a) · b for the two halves a, b of the last axis (Shazeer, arXiv:2002.05202): input […, 2F], output […, F].
public struct SwiGLUOp: FusedOp {
    public static let name = OpName("swiglu")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 1 && inputs[0].shape.rank >= 1 && inputs[0].shape.last % 2 == 0, Self.name.name,
            "[…, 2F] expected, got \(inputs)")
        return [TensorSpec(inputs[0].shape.replacing(-1, with: inputs[0].shape.last / 2))]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let halves = inputs[0].chunked(into: 2, along: -1)
        return [halves[0].silu() * halves[1]]
    }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 4 * inputs[0].shape.count }
}
