public import SwiffuseTensor

/// Layer norm over the last axis without learned factors, (x − mean) / √(variance + ε) (Ba et al., arXiv:1607.06450).
public struct LayerNorm: Sendable {
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    /// - Parameter x: […, D].
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let centred = x - x.mean(over: [-1], axes: .kept)
        // The variance is the mean square of the centred values, so what is left is an RMS norm, which devices have a
        // kernel for.
        return RMSNormOp(epsilon: epsilon)([centred, Tensor.ones([x.shape.last], on: x.device)])[0]
    }
}

/// Layer norm with learned factors (Ba et al., arXiv:1607.06450), with keys `weight` [D] and `bias` [D].
public struct AffineLayerNorm: Sendable {
    public let weight: Parameter
    public let bias: Parameter
    private let norm: LayerNorm

    public init(_ scope: Scope, width: Int, epsilon: Float = 1e-6) {
        weight = scope.parameter("weight", [width], initial: .ones)
        bias = scope.parameter("bias", [width], initial: .zeros)
        norm = LayerNorm(epsilon: epsilon)
    }

    /// - Parameter x: […, D].
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor { norm(x) * pass(weight) + pass(bias) }
}
