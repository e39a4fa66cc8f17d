public import SwiffuseTensor

/// Layer norm over the last axis without learned factors, (x − mean) / √(variance + ε) (Ba et al., arXiv:1607.06450).
public struct LayerNorm: Sendable {
    public let epsilon: Float

    public init(epsilon: Float = 1e-6) { self.epsilon = epsilon }

    /// - Parameter x: […, D].
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let centred = x - x.mean(over: [-1], axes: .kept)
        let variance = centred.squared().mean(over: [-1], axes: .kept)
        return centred * (variance + epsilon).reciprocalSquareRoot()
    }
}
