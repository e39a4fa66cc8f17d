public import SwiffuseTensor

/// Feed-forward layer w3(dropout(silu(a) · b)) with a, b the halves of w12(x) (Shazeer, arXiv:2002.05202); keys `w12`,
/// `w3`.
public struct SwiGLU: Sendable {
    public let input: Linear
    public let output: Linear
    public let dropoutRate: Float
    private let site: String

    public init(_ scope: Scope, width: Int, hidden: Int, bias: Linear.Bias = .zeros, dropoutRate: Float = 0) {
        input = Linear(scope.child("w12"), from: width, to: 2 * hidden, bias: bias)
        output = Linear(scope.child("w3"), from: hidden, to: width, bias: bias)
        self.dropoutRate = dropoutRate
        site = scope.path + ".ffn_dropout"
    }

    /// - Parameter x: […, width].
    /// - Returns: […, width].
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        guard pass.drops(rate: dropoutRate) else { return output.afterSwiGLU(input(x, pass), pass) }
        let hidden = SwiGLUOp()([input(x, pass)])[0]
        return output(pass.dropout(hidden, rate: dropoutRate, site: site), pass)
    }
}
