public import SwiffuseTensor

/// A convolution over images, with keys `weight` [out, in, k, k] and `bias` [out].
public struct Conv2D: Sendable {
    public let weight: Parameter
    public let bias: Parameter?
    public let geometry: PatchGeometry

    /// - Parameters:
    ///   - inputs: channels of the image.
    ///   - outputs: channels of the result.
    ///   - kernel: side of the window.
    ///   - stride: pixels between windows.
    ///   - padding: zeros added on every side; `kernel / 2` keeps the size at stride 1.
    public init(
        _ scope: Scope, from inputs: Int, to outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        bias: Linear.Bias = .zeros, initial: Initializer = .kaimingUniform
    ) {
        weight = scope.parameter("weight", [outputs, inputs, kernel, kernel], initial: initial)
        switch bias {
        case .none: self.bias = nil
        case .zeros: self.bias = scope.parameter("bias", [outputs], initial: .zeros)
        case .uniform:
            let bound = 1 / Float(max(inputs * kernel * kernel, 1)).squareRoot()
            self.bias = scope.parameter("bias", [outputs], initial: .uniform(bound: bound))
        }
        geometry = PatchGeometry(kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding))
    }

    /// - Parameter image: [B, in, H, W].
    /// - Returns: [B, out, H′, W′].
    public func callAsFunction(_ image: Tensor, _ pass: Pass) -> Tensor {
        let grid = geometry.grid(height: image.shape[2], width: image.shape[3])
        // The windows as columns: the product is an image already, and frozen weights keep nothing for the gradient.
        let windows = image.unfoldedColumns(geometry)
        let product = pass(weight).reshaped(to: weight.shape[0], -1).matmul(windows)
        let result = bias.map { product + pass($0).reshaped(to: -1, 1) } ?? product
        return result.reshaped(to: image.shape[0], weight.shape[0], grid.rows, grid.columns)
    }
}
