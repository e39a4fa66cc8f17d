public import SwiffuseTensor

/// y = x · Wᵀ + b, with keys `weight` [out, in] and `bias` [out].
public struct Linear: Sendable {
    public let weight: Parameter
    public let bias: Parameter?

    /// Whether a layer adds a bias, and its first values.
    public enum Bias: Sendable {
        case none
        case zeros
        /// Uniform in ±1/√in, PyTorch's default.
        case uniform
    }

    public init(
        _ scope: Scope, from inputs: Int, to outputs: Int, bias: Bias = .zeros, initial: Initializer = .xavierUniform
    ) {
        weight = scope.parameter("weight", [outputs, inputs], initial: initial, isLinearWeight: true)
        switch bias {
        case .none: self.bias = nil
        case .zeros: self.bias = scope.parameter("bias", [outputs], initial: .zeros)
        case .uniform:
            let bound = 1 / Float(max(inputs, 1)).squareRoot()
            self.bias = scope.parameter("bias", [outputs], initial: .uniform(bound: bound))
        }
    }

    /// The layer after SwiGLU, as one operation.
    ///
    /// - Parameter x: […, 2·in].
    /// - Returns: […, out].
    public func afterSwiGLU(_ x: Tensor, _ pass: Pass) -> Tensor {
        SwiGLULinearOp(hasBias: bias != nil)([x, pass(weight)] + (bias.map { [pass($0)] } ?? []))[0]
    }

    /// - Parameter x: […, in].
    /// - Returns: […, out].
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        LinearOp(hasBias: bias != nil)([x, pass(weight)] + (bias.map { [pass($0)] } ?? []))[0]
    }
}
