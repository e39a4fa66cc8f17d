public import SwiffuseTensor

/// Root-mean-square norm over the last axis (Zhang & Sennrich, arXiv:1910.07467), with key `weight` [D].
public struct RMSNorm: Sendable {
    public let weight: Parameter
    public let epsilon: Float

    public init(_ scope: Scope, width: Int, epsilon: Float = 1e-6) {
        weight = scope.parameter("weight", [width], initial: .ones)
        self.epsilon = epsilon
    }

    /// - Parameter x: […, D].
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        RMSNormOp(epsilon: epsilon)([x, pass(weight)])[0]
    }

    /// norm(x) · (1 + scale) + shift.
    ///
    /// - Parameters:
    ///   - x: tokens [B, N, D].
    ///   - shift: [B, D].
    ///   - scale: [B, D].
    public func modulated(_ x: Tensor, shift: Tensor, scale: Tensor, _ pass: Pass) -> Tensor {
        ModulatedRMSNormOp(epsilon: epsilon)([x, pass(weight), shift, scale])[0]
    }
}
