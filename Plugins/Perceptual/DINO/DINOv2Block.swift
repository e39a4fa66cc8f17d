import SwiffuseNN
import SwiffuseTensor

/// x + γ₁ · attention(norm(x)), then x + γ₂ · mlp(norm(x)) (LayerScale: Touvron et al., arXiv:2103.17239).
struct DINOv2Block: Sendable {
    private let firstNorm: AffineLayerNorm
    private let joint: Linear
    private let projection: Linear
    private let firstScale: Parameter
    private let secondNorm: AffineLayerNorm
    private let feedForward: FeedForward
    private let secondScale: Parameter
    private let headCount: Int

    private enum FeedForward: Sendable {
        case mlp(first: Linear, second: Linear)
        case swiGLU(SwiGLU)
    }

    init(_ scope: Scope, _ configuration: DINOv2Configuration) {
        let (width, hidden) = (configuration.width, configuration.hiddenWidth)
        headCount = configuration.headCount
        firstNorm = AffineLayerNorm(scope.child("norm1"), width: width)
        joint = Linear(scope.child("attn.qkv"), from: width, to: 3 * width)
        projection = Linear(scope.child("attn.proj"), from: width, to: width)
        firstScale = scope.parameter("ls1.gamma", [width], initial: .ones)
        secondNorm = AffineLayerNorm(scope.child("norm2"), width: width)
        switch configuration.feedForward {
        case .mlp:
            feedForward = .mlp(
                first: Linear(scope.child("mlp.fc1"), from: width, to: hidden),
                second: Linear(scope.child("mlp.fc2"), from: hidden, to: width))
        case .swiGLU: feedForward = .swiGLU(SwiGLU(scope.child("mlp"), width: width, hidden: hidden))
        }
        secondScale = scope.parameter("ls2.gamma", [width], initial: .ones)
    }

    /// - Parameter x: tokens [B, N, D].
    /// - Returns: [B, N, D].
    func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        let attended = x + attention(firstNorm(x, pass), pass) * pass(firstScale)
        let inner = secondNorm(attended, pass)
        let fed =
            switch feedForward {
            case .mlp(let first, let second): second(first(inner, pass).gelu(), pass)
            case .swiGLU(let layer): layer(inner, pass)
            }
        return attended + fed * pass(secondScale)
    }

    private func attention(_ x: Tensor, _ pass: Pass) -> Tensor {
        let (batch, count, width) = (x.shape[0], x.shape[1], x.shape[2])
        let size = width / headCount
        let parts = joint(x, pass).reshaped(to: batch, count, 3 * headCount, size).chunked(into: 3, along: 2)
            .map { $0.permuted(to: [0, 2, 1, 3]) }
        let mixed = AttentionOp(scale: 1 / Float(size).squareRoot())(parts)[0]
        return projection(mixed, pass)
    }
}
