internal import SwiffuseTensor

extension OpCase {
    /// Convolutions on each path that a device may take: windows of 3 × 3 in images of at least 48 tiles of 4 × 4 suit
    /// Winograd's algorithm. It loses a digit: the worst of its errors on the processor is 1.9 times 10⁻⁵ · (|value| + 1).
    static var convolutions: [OpCase] { plainConvolutions + rectifiedConvolutions }

    private static var plainConvolutions: [OpCase] {
        let same = PatchGeometry(kernel: (3, 3), stride: (1, 1), padding: (1, 1))
        return [
            OpCase("convolution", [.normal([2, 3, 7, 9]), .normal([5, 3, 3, 3]), .normal([5])], tolerance: 2) {
                ConvolutionOp(same, hasBias: true)($0)
            },
            OpCase(
                "convolution, many tiles", [.normal([3, 8, 13, 14]), .normal([9, 8, 3, 3]), .normal([9])],
                tolerance: 5
            ) { ConvolutionOp(same, hasBias: true)($0) },
            OpCase(
                "convolution, many tiles without padding or bias", [.normal([4, 8, 15, 14]), .normal([8, 8, 3, 3])],
                tolerance: 5
            ) { ConvolutionOp(PatchGeometry(kernel: (3, 3), stride: (1, 1)), hasBias: false)($0) },
            OpCase("convolution, pointwise", [.normal([3, 7, 5, 9]), .normal([6, 7, 1, 1])], tolerance: 2) {
                ConvolutionOp(.patches(of: 1), hasBias: false)($0)
            },
            OpCase(
                "convolution, strided input", [.normal([2, 7, 9, 4]), .normal([3, 4, 1, 5]), .normal([3])],
                tolerance: 2
            ) {
                let row = PatchGeometry(kernel: (1, 5), stride: (1, 1), padding: (0, 2))
                return ConvolutionOp(row, hasBias: true)([$0[0].permuted(to: [0, 3, 1, 2]), $0[1], $0[2]])
            },
            OpCase(
                "convolution, many rows", [.normal([1, 1, 35, 33]), .normal([2, 1, 3, 3]), .normal([2])], tolerance: 2
            ) { ConvolutionOp(same, hasBias: true)($0) },
        ]
    }

    private static var rectifiedConvolutions: [OpCase] {
        let same = PatchGeometry(kernel: (3, 3), stride: (1, 1), padding: (1, 1))
        return [
            OpCase(
                "convolution and ReLU",
                [.normal([2, 4, 9, 8]), .normal([4, 4, 3, 2]), .normal([4]), .constant([2, 1, 9, 8])], tolerance: 2
            ) {
                rectified($0, PatchGeometry(kernel: (3, 2), stride: (2, 2), padding: (1, 0)))
            },
            OpCase(
                "convolution and ReLU, pointwise",
                [.normal([2, 5, 3, 7]), .normal([4, 5, 1, 1]), .normal([4]), .constant([2, 1, 3, 7])], tolerance: 2
            ) { rectified($0, .patches(of: 1)) },
            OpCase(
                "convolution and ReLU, wide image",
                [.normal([1, 7, 5, 99]), .normal([8, 7, 3, 3]), .normal([8]), .constant([1, 1, 5, 99])], tolerance: 5
            ) { rectified($0, same) },
        ]
    }

    /// A convolution with ReLU whose sums lie far from 0, above or below it pixel by pixel, as differences of the output
    /// need it to measure a gradient: a last channel holds ±60 and has the weight 1 in the window's centre.
    private static func rectified(_ inputs: [Tensor], _ geometry: PatchGeometry) -> [Tensor] {
        let (x, weight, pattern) = (inputs[0], inputs[1], inputs[3])
        let (height, width) = geometry.kernel
        var centre = [Float](repeating: 0, count: height * width)
        centre[height / 2 * width + width / 2] = 1
        let centres = Tensor(centre, shape: [1, 1, height, width], on: x.device)
            .broadcast(to: [weight.shape[0], 1, height, width])
        return ConvolutionOp(geometry, hasBias: true, activation: .relu)([
            Tensor.concatenated([x, pattern.isLess(than: pattern * 0) * 120 - 60], along: 1),
            Tensor.concatenated([weight, centres], along: 1), inputs[2],
        ])
    }
}
