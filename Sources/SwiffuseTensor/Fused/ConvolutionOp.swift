/// y = f(W ∗ x + b): a convolution over images with its bias and activation.
///
/// Inputs: x [B, C, H, W], weight [O, C, kh, kw] and, with a bias, b [O]; output [B, O, H′, W′], where H′ and W′ are the
/// geometry's grid. As in every deep-learning library, the window is not turned: a cross-correlation.
public struct ConvolutionOp: FusedOp {
    /// What is applied to the sum.
    public enum Activation: Sendable, Hashable {
        case none
        /// max(x, 0); its gradient at 0 is 0.
        case relu
    }

    public static let name = OpName("convolution")
    public let geometry: PatchGeometry
    public let hasBias: Bool
    public let activation: Activation

    public init(_ geometry: PatchGeometry, hasBias: Bool, activation: Activation = .none) {
        self.geometry = geometry
        self.hasBias = hasBias
        self.activation = activation
    }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        require(inputs.count == (hasBias ? 3 : 2), Self.name.name, "\(inputs.count) inputs given")
        let (x, weight) = (inputs[0].shape, inputs[1].shape)
        let kernel = geometry.kernel
        require(x.rank == 4, Self.name.name, "images must be [B, C, H, W], got \(x)")
        require(
            weight.rank == 4 && weight == [weight[0], x[1], kernel.height, kernel.width], Self.name.name,
            "weight must be [out, \(x[1]), \(kernel.height), \(kernel.width)] for x \(x), got \(weight)")
        require(
            !hasBias || inputs[2].shape == [weight[0]], Self.name.name,
            "bias must be [\(weight[0])], got \(inputs.last?.shape ?? [])")
        require(
            x[2] + 2 * geometry.padding.height >= kernel.height && x[3] + 2 * geometry.padding.width >= kernel.width,
            Self.name.name, "the window \(geometry) does not fit into \(x)")
        let grid = geometry.grid(height: x[2], width: x[3])
        return [TensorSpec([x[0], weight[0], grid.rows, grid.columns])]
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let (x, weight) = (inputs[0], inputs[1])
        let target = outputs(for: inputs.map(\.spec))[0].shape
        // The windows as columns: the product is an image already, and frozen weights keep nothing for the gradient.
        let windows =
            geometry.isPointwise ? x.reshaped(to: x.shape[0], x.shape[1], -1) : x.unfoldedColumns(geometry)
        let product = weight.reshaped(to: weight.shape[0], -1).matmul(windows)
        let sum = hasBias ? product + inputs[2].reshaped(to: -1, 1) : product
        let result =
            switch activation {
            case .none: sum
            case .relu: sum.relu()
            }
        return [result.reshaped(to: target.dimensions)]
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        let window = inputs[1].shape.count / max(1, inputs[1].shape[0])
        return 2 * window * outputs(for: inputs)[0].shape.count
    }

    /// What a kernel's backward pass reads for the gradients of the inputs at some positions. The images are kept for the
    /// weight's gradient alone: frozen networks keep only what ReLU cut.
    package static func kept(_ op: ConvolutionOp, for needed: Set<Int>) -> KeptOperands {
        var inputs: Set<Int> = []
        if needed.contains(0) { inputs.insert(1) }
        if needed.contains(1) { inputs.insert(0) }
        return KeptOperands(inputs: inputs, outputs: op.activation == .relu ? [0] : [])
    }
}
