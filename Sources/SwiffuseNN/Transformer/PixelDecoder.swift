public import SwiffuseTensor

/// DeCo's decoder (arXiv:2511.19365): a small network that turns each pixel's vector into its values, told by the patch's
/// semantic vector what to draw; keys `cond_embed`, `input_proj`, `res_blocks.i`, `final_layer.linear`.
public struct PixelDecoder: Sendable {
    private let conditionEmbedding: Linear
    private let input: Linear
    private let blocks: [PixelDecoderBlock]
    private let final: Linear
    private let width: Int
    private let pixelCount: Int
    private let recompute: Bool

    /// The sizes of a decoder.
    public struct Size: Sendable, Hashable {
        /// Number of residual blocks.
        public let depth: Int
        /// Size of a pixel's vector.
        public let width: Int

        public init(depth: Int, width: Int) {
            self.depth = depth
            self.width = width
        }
    }

    /// - Parameters:
    ///   - channels: C of the image.
    ///   - patchSize: p.
    ///   - conditionWidth: D of the semantic vectors.
    ///   - recompute: whether blocks are computed again in the backward pass instead of keeping their inner values.
    public init(
        _ scope: Scope, channels: Int, patchSize: Int, conditionWidth: Int, size: Size, recompute: Bool
    ) {
        width = size.width
        pixelCount = patchSize * patchSize
        self.recompute = recompute
        conditionEmbedding = Linear(scope.child("cond_embed"), from: conditionWidth, to: pixelCount * width)
        input = Linear(scope.child("input_proj"), from: width, to: width)
        blocks = (0..<size.depth).map { PixelDecoderBlock(scope.child("res_blocks.\($0)"), width: size.width) }
        final = Linear(scope.child("final_layer.linear"), from: width, to: channels, initial: .zeros)
    }

    /// The weight of the map from a pixel's vector to its values, [C, width].
    public var lastLayer: Parameter { final.weight }

    /// - Parameters:
    ///   - pixels: [B·N, p·p, width].
    ///   - semantic: one vector per patch, [B, N, D].
    /// - Returns: patches [B, N, C·p·p], each ordered (channel, row, column).
    public func callAsFunction(_ pixels: Tensor, semantic: Tensor, _ pass: Pass) -> Tensor {
        let told = conditionEmbedding(semantic, pass).reshaped(to: -1, pixelCount, width).silu()
        var x = input(pixels, pass)
        for block in blocks { x = run(block, x, told, pass) }
        let values = final(LayerNorm()(x), pass)
        return values.permuted(to: [0, 2, 1]).reshaped(to: semantic.shape[0], semantic.shape[1], -1)
    }

    private func run(_ block: PixelDecoderBlock, _ x: Tensor, _ condition: Tensor, _ pass: Pass) -> Tensor {
        guard recompute else { return block(x, condition: condition, pass) }
        return pass.recomputing(block.parameters, [x, condition]) { pass, inputs in
            [block(inputs[0], condition: inputs[1], pass)]
        }[0]
    }
}

/// x += gate · MLP(norm(x) · (1 + scale) + shift), with shift, scale and gate for each pixel from its condition.
private struct PixelDecoderBlock: Sendable {
    private let norm: AffineLayerNorm
    private let first: Linear
    private let second: Linear
    private let modulation: Linear
    let parameters: [Parameter]

    init(_ scope: Scope, width: Int) {
        let before = scope.parameters.count
        norm = AffineLayerNorm(scope.child("in_ln"), width: width)
        first = Linear(scope.child("mlp.0"), from: width, to: width)
        second = Linear(scope.child("mlp.2"), from: width, to: width)
        modulation = Linear(scope.child("adaLN_modulation.1"), from: width, to: 3 * width, initial: .zeros)
        parameters = Array(scope.parameters.dropFirst(before))
    }

    /// - Parameters:
    ///   - x: [B·N, p·p, width].
    ///   - condition: SiLU of the condition, same shape.
    func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
        let modulation = modulation(condition, pass)
        let modulated = AdaptiveLayerNormOp()([x, pass(norm.weight), pass(norm.bias), modulation])[0]
        return AdaptiveResidualOp()([x, second(first(modulated, pass).silu(), pass), modulation])[0]
    }
}
