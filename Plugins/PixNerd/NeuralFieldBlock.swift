import SwiffuseNN
import SwiffuseTensor

/// One layer of the neural fields, a field for each patch: x += silu(norm(x) · W₁) · W₂, with weights that the patch's
/// semantic vector generates; keys `param_generator1.0`, `norm` (PixNerd, arXiv:2507.23268).
///
/// The columns of W₁ and W₂ have length 1.
struct NeuralFieldBlock: Sendable {
    private let generator: Linear
    private let norm: RMSNorm
    private let width: Int
    private let hidden: Int
    /// The parameters of this block.
    let parameters: [Parameter]

    init(_ scope: Scope, semanticWidth: Int, width: Int, ratio: Int) {
        let before = scope.parameters.count
        self.width = width
        hidden = width * ratio
        generator = Linear(
            scope.child("param_generator1.0"), from: semanticWidth, to: 2 * width * hidden, bias: .uniform,
            initial: .kaimingUniform)
        norm = RMSNorm(scope.child("norm"), width: width)
        parameters = Array(scope.parameters.dropFirst(before))
    }

    /// - Parameters:
    ///   - x: [B·N, p·p, width].
    ///   - semantic: one vector per patch, [B·N, D].
    /// - Returns: like x.
    func callAsFunction(_ x: Tensor, semantic: Tensor, _ pass: Pass) -> Tensor {
        let weights = generator(semantic, pass).chunked(into: 2, along: -1)
        let first = Self.normalized(weights[0].reshaped(to: -1, width, hidden))
        let second = Self.normalized(weights[1].reshaped(to: -1, hidden, width))
        return x + norm(x, pass).matmul(first).silu().matmul(second)
    }

    /// Matrices with columns of length 1: divided by the norm over the last axis but one, not below 10⁻¹².
    private static func normalized(_ matrices: Tensor) -> Tensor {
        let squares = matrices.squared().sum(over: [-2], axes: .kept)
        return matrices * squares.clamped(lower: 1e-24).reciprocalSquareRoot()
    }
}
