/// Splits a joint projection into heads; queries and keys are RMS-normalised over the head size and then rotated.
///
/// Inputs: qkv [B, N, 3·H·d] in the order (3, H, d); query and key norm weights [d]; cos and sin tables [N, d].
/// Adjacent pairs (a, b) become
/// (a cos − b sin, b cos + a sin) (RoFormer, arXiv:2104.09864). Outputs: q, k, v, each [B, H, N, d].
public struct QKNormRotaryOp: FusedOp {
    public static let name = OpName("qk-norm-rotary")
    public let headCount: Int
    public let epsilon: Float

    public init(headCount: Int, epsilon: Float = 1e-6) {
        self.headCount = headCount
        self.epsilon = epsilon
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 5 && inputs[0].shape.rank == 3, Self.name.name, "qkv [B, N, 3·H·d] expected, got \(inputs)")
        let qkv = inputs[0].shape
        require(
            qkv[2] % (3 * headCount) == 0 && qkv[2] / (3 * headCount) % 2 == 0, Self.name.name,
            "\(qkv) does not hold \(headCount) heads of an even size")
        let size = qkv[2] / (3 * headCount)
        let table: Shape = [qkv[1], size]
        require(
            inputs[1].shape == [size] && inputs[2].shape == [size] && inputs[3].shape == table
                && inputs[4].shape == table,
            Self.name.name, "weights [\(size)] and tables \(table) expected, got \(inputs.dropFirst().map(\.shape))")
        return Array(repeating: TensorSpec([qkv[0], headCount, qkv[1], size]), count: 3)
    }

    /// The tables.
    public var constantInputs: Set<Int> { [3, 4] }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let shape = inputs[0].shape
        let size = shape[2] / (3 * headCount)
        let parts = inputs[0].reshaped(to: shape[0], shape[1], 3, headCount, size).permuted(to: [2, 0, 3, 1, 4])
        let heads = (0..<3).map {
            parts.sliced(along: 0, $0..<$0 + 1).reshaped(to: shape[0], headCount, shape[1], size)
        }
        let norm = RMSNormOp(epsilon: epsilon)
        return [
            norm.reference([heads[0], inputs[1]])[0].rotated(cos: inputs[3], sin: inputs[4]),
            norm.reference([heads[1], inputs[2]])[0].rotated(cos: inputs[3], sin: inputs[4]),
            heads[2],
        ]
    }

    public var isCheapToRepeat: Bool { true }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 8 * inputs[0].shape.count }
}
