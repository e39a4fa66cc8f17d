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
        let attended = GatedResidualOp()([x, attention(firstNorm(x, pass), pass), pass(firstScale)])[0]
        let inner = secondNorm(attended, pass)
        let fed =
            switch feedForward {
            case .mlp(let first, let second): second(first(inner, pass).gelu(), pass)
            case .swiGLU(let layer): layer(inner, pass)
            }
        return GatedResidualOp()([attended, fed, pass(secondScale)])[0]
    }

    private func attention(_ x: Tensor, _ pass: Pass) -> Tensor {
        let scale = 1 / Float(x.shape[2] / headCount).squareRoot()
        return projection(SelfAttentionOp(headCount: headCount, scale: scale)([joint(x, pass)])[0], pass)
    }
}
