public import SwiffuseTensor

/// A table of learned vectors, with key `weight` [count, width].
public struct Embedding: Sendable {
    public let weight: Parameter

    public init(_ scope: Scope, count: Int, width: Int, initial: Initializer = .normal(deviation: 0.02)) {
        weight = scope.parameter("weight", [count, width], initial: initial)
    }

    /// - Parameter indices: int32 [N], each in 0 ..< count.
    /// - Returns: [N, width].
    public func callAsFunction(_ indices: Tensor, _ pass: Pass) -> Tensor { pass(weight).rows(indices) }
}
