/// The maximum of each 2 × 2 window without overlap (max pooling); odd last rows and columns are left out.
///
/// Input: [B, C, H, W]; output [B, C, H/2, W/2]. Of equal values, the first in reading order has the gradient.
public struct HalvedMaximumOp: FusedOp {
    public static let name = OpName("halved-maximum")

    public init() {}

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(inputs.count == 1 && inputs[0].shape.rank == 4, Self.name.name, "[B, C, H, W] expected, got \(inputs)")
        let shape = inputs[0].shape
        return [TensorSpec([shape[0], shape[1], shape[2] / 2, shape[3] / 2])]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let (images, shape) = (inputs[0], inputs[0].shape)
        let (rows, columns) = (shape[2] / 2, shape[3] / 2)
        let even = images.sliced(along: 2, 0..<2 * rows).sliced(along: 3, 0..<2 * columns)
        let pairs = even.reshaped(to: shape[0], shape[1], 2 * rows, columns, 2).chunked(into: 2, along: 4)
        let narrow = Tensor.maximum(pairs[0], pairs[1]).reshaped(to: shape[0], shape[1], rows, 2, columns)
        let halves = narrow.chunked(into: 2, along: 3)
        return [Tensor.maximum(halves[0], halves[1]).reshaped(to: shape[0], shape[1], rows, columns)]
    }

    public var isCheapToRepeat: Bool { true }
}
