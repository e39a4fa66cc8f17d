public import SwiffuseTensor

/// Feed-forward layer w2(silu(w1 x) · w3 x) without biases (Shazeer, arXiv:2002.05202), with keys `w1`, `w3`, `w2`.
public struct GatedFeedForward: Sendable {
    public let gate: Linear
    public let value: Linear
    public let output: Linear

    public init(_ scope: Scope, width: Int, hidden: Int, initial: Initializer = .kaimingUniform) {
        gate = Linear(scope.child("w1"), from: width, to: hidden, bias: .none, initial: initial)
        value = Linear(scope.child("w3"), from: width, to: hidden, bias: .none, initial: initial)
        output = Linear(scope.child("w2"), from: hidden, to: width, bias: .none, initial: initial)
    }

    /// - Parameter x: […, width].
    /// - Returns: […, width].
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        output(gate(x, pass).silu() * value(x, pass), pass)
    }
}
