/// The mean squared difference of two images: the loss of flow matching (PixelGen, arXiv:2602.02493, eq. 5), up to a
/// factor for each image.
///
/// Inputs: x, y [B, …]; output [B] of means of (x − y)² over all other axes.
public struct MeanSquaredErrorOp: FusedOp {
    public static let name = OpName("mean-squared-error")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(
            inputs.count == 2 && inputs[0].shape.rank >= 2 && inputs[0].shape == inputs[1].shape, Self.name.name,
            "two [B, …] expected, got \(inputs)")
        return [TensorSpec([inputs[0].shape[0]])]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        [(inputs[0] - inputs[1]).squared().mean(over: Array(1..<inputs[0].shape.rank))]
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int { 3 * inputs[0].shape.count }
}
