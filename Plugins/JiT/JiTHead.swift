import SwiffuseNN
import SwiffuseTensor

/// What turns tokens into pixels at the end of a JiT.
enum JiTHead: Sendable {
    /// One linear map for all patches; keys `final_layer`.
    case linear(JiTFinalLayer)
    /// DeCo's decoder, which looks at each pixel of the noisy image once more; keys `pixel_embedder`, `dec_net`.
    case decoder(PixelEmbedding, PixelDecoder)

    init(_ scope: Scope, channels: Int, configuration: JiTConfiguration) {
        let (width, patchSize) = (configuration.hiddenSize, configuration.patchSize)
        guard configuration.decoderDepth > 0 else {
            self = .linear(
                JiTFinalLayer(
                    scope.child("final_layer"), width: width, patchValues: patchSize * patchSize * channels))
            return
        }
        self = .decoder(
            PixelEmbedding(
                scope.child("pixel_embedder"), channels: channels, patchSize: patchSize,
                width: configuration.decoderWidth),
            PixelDecoder(
                scope.child("dec_net"), channels: channels, patchSize: patchSize, conditionWidth: width,
                size: .init(depth: configuration.decoderDepth, width: configuration.decoderWidth),
                recompute: configuration.recompute))
    }

    /// The weight of the last linear map.
    var lastLayer: Parameter {
        switch self {
        case .linear(let layer): layer.linear.weight
        case .decoder(_, let decoder): decoder.lastLayer
        }
    }

    /// - Parameters:
    ///   - tokens: image tokens [B, N, D].
    ///   - image: x_t, [B, C, H, W].
    ///   - time: the time's vector, [B, D].
    ///   - condition: SiLU of the condition, [B, D].
    /// - Returns: the raw prediction [B, C, H, W].
    func callAsFunction(
        _ tokens: Tensor, image: Tensor, patchSize: Int, time: Tensor, condition: Tensor, _ pass: Pass
    ) -> Tensor {
        let (height, width) = (image.shape[2], image.shape[3])
        switch self {
        case .linear(let layer):
            return layer(
                tokens, condition: condition, patchSize: patchSize, rows: height / patchSize,
                columns: width / patchSize, pass)
        case .decoder(let embedding, let decoder):
            let geometry = PatchGeometry.patches(of: patchSize)
            let semantic = (tokens + time.reshaped(to: time.shape[0], 1, -1)).silu()
            let pixels = embedding(image.unfolded(geometry), pass)
            return decoder(pixels, semantic: semantic, pass)
                .folded(geometry, channels: image.shape[1], height: height, width: width)
        }
    }
}
