public import SwiffuseTensor

/// Layer norm over the last axis without learned factors, (x − mean) / √(variance + ε) (Ba et al., arXiv:1607.06450).
public struct LayerNorm: Sendable {
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    /// - Parameter x: […, D].
    public func callAsFunction(_ x: Tensor) -> Tensor { LayerNormOp(hasFactors: false, epsilon: epsilon)([x])[0] }

    /// The norm, multiplied by 1 + scale and moved by shift.
    ///
    /// - Parameters:
    ///   - x: [B, N, D].
    ///   - shift: [B, D].
    ///   - scale: [B, D].
    public func modulated(_ x: Tensor, shift: Tensor, scale: Tensor) -> Tensor {
        ModulatedLayerNormOp(epsilon: epsilon)([x, shift, scale])[0]
    }
}

/// Layer norm with learned factors (Ba et al., arXiv:1607.06450), with keys `weight` [D] and `bias` [D].
public struct AffineLayerNorm: Sendable {
    public let weight: Parameter
    public let bias: Parameter
    public let epsilon: Float

    public init(_ scope: Scope, width: Int, epsilon: Float = 1e-6) {
        weight = scope.parameter("weight", [width], initial: .ones)
        bias = scope.parameter("bias", [width], initial: .zeros)
        self.epsilon = epsilon
    }

    /// - Parameter x: […, D].
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        LayerNormOp(hasFactors: true, epsilon: epsilon)([x, pass(weight), pass(bias)])[0]
    }
}
