public import SwiffuseTensor

/// A convolution over images with an activation, with keys `weight` [out, in, kh, kw] and `bias` [out].
public struct Conv2D: Sendable {
    public let weight: Parameter
    public let bias: Parameter?
    public let geometry: PatchGeometry
    public let activation: ConvolutionOp.Activation

    /// - Parameters:
    ///   - inputs: channels of the image.
    ///   - outputs: channels of the result.
    ///   - kernel: side of the window.
    ///   - stride: pixels between windows.
    ///   - padding: zeros added on every side; `kernel / 2` keeps the size at stride 1.
    ///   - activation: what follows.
    public init(
        _ scope: Scope, from inputs: Int, to outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        bias: Linear.Bias = .zeros, initial: Initializer = .kaimingUniform,
        activation: ConvolutionOp.Activation = .none
    ) {
        let geometry = PatchGeometry(
            kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding))
        self.init(
            scope, from: inputs, to: outputs, geometry: geometry, bias: bias, initial: initial, activation: activation)
    }

    /// A convolution with windows of any shape.
    public init(
        _ scope: Scope, from inputs: Int, to outputs: Int, geometry: PatchGeometry, bias: Linear.Bias = .zeros,
        initial: Initializer = .kaimingUniform, activation: ConvolutionOp.Activation = .none
    ) {
        let (height, width) = geometry.kernel
        weight = scope.parameter("weight", [outputs, inputs, height, width], initial: initial)
        switch bias {
        case .none: self.bias = nil
        case .zeros: self.bias = scope.parameter("bias", [outputs], initial: .zeros)
        case .uniform:
            let bound = 1 / Float(max(inputs * height * width, 1)).squareRoot()
            self.bias = scope.parameter("bias", [outputs], initial: .uniform(bound: bound))
        }
        self.geometry = geometry
        self.activation = activation
    }

    /// - Parameter image: [B, in, H, W].
    /// - Returns: [B, out, H′, W′].
    public func callAsFunction(_ image: Tensor, _ pass: Pass) -> Tensor {
        let convolution = ConvolutionOp(geometry, hasBias: bias != nil, activation: activation)
        return convolution([image, pass(weight)] + (bias.map { [pass($0)] } ?? []))[0]
    }
}
