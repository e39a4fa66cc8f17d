import SwiffuseNN
import SwiffuseTensor

/// Convolution, batch normalisation with fixed statistics, and ReLU.
///
/// The normalisation is folded into `weight` [out, in, h, w] and `bias` [out] when the weights are read.
struct InceptionConvolution: Sendable {
    private let convolution: Conv2D

    init(
        _ scope: Scope, from inputs: Int, to outputs: Int, kernel: (height: Int, width: Int) = (1, 1), stride: Int = 1,
        padding: (height: Int, width: Int) = (0, 0)
    ) {
        // He's variance: with random weights, values keep their size through the network.
        let fanIn = Float(inputs * kernel.height * kernel.width)
        convolution = Conv2D(
            scope, from: inputs, to: outputs,
            geometry: PatchGeometry(kernel: kernel, stride: (stride, stride), padding: padding),
            initial: .normal(deviation: (2 / fanIn).squareRoot()), activation: .relu)
    }

    /// - Parameter image: [B, in, H, W].
    /// - Returns: [B, out, H′, W′].
    func callAsFunction(_ image: Tensor, _ pass: Pass) -> Tensor { convolution(image, pass) }
}

extension Tensor {
    /// The largest value of every 3 × 3 pixels; what lies outside counts as 0, so values must not be negative.
    func maxPooledByThree(stride: Int, padding: Int = 0) -> Tensor {
        pooledByThree(stride: stride, padding: padding) { $0.maximum(over: [-1]) }
    }

    /// The mean of the pixels around every pixel, itself included, that lie in the picture.
    func averagePooledByThree() -> Tensor {
        let sums = pooledByThree(stride: 1, padding: 1) { $0.sum(over: [-1]) }
        let ones = Tensor.filled(1, shape: [1, 1, shape[2], shape[3]], on: device)
        return sums / ones.pooledByThree(stride: 1, padding: 1) { $0.sum(over: [-1]) }
    }

    private func pooledByThree(stride: Int, padding: Int, _ reduce: (Tensor) -> Tensor) -> Tensor {
        let geometry = PatchGeometry(kernel: (3, 3), stride: (stride, stride), padding: (padding, padding))
        let grid = geometry.grid(height: shape[2], width: shape[3])
        // [B, positions, C · 9], the channel varying slowest.
        let windows = unfolded(geometry).reshaped(to: shape[0], grid.rows * grid.columns, shape[1], 9)
        return reduce(windows).permuted(to: [0, 2, 1]).reshaped(to: shape[0], shape[1], grid.rows, grid.columns)
    }
}
