public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// The backbone of DeCo ("Frequency-Decoupled Pixel Diffusion", arXiv:2511.19365): a transformer over patches for what
/// the picture means, and a light decoder that draws each pixel as its patch tells it to.
///
/// Differences from the official code: a model without classes has the "no class" row only.
public struct DeCo: Backbone, Component {
    public static let key = "deco"
    public static let summary = "transformer over patches with a decoder of single pixels (DeCo)"

    private let grid: PatchGrid
    private let model: ModelSpec
    private let pixels: PixelEmbedding
    private let semantics: PatchSemantics
    private let trunk: DiTTrunk
    private let blockTaps: BlockTaps
    private let decoder: PixelDecoder

    public init(_ configuration: DeCoConfiguration, in context: BuildContext) throws(RecipeError) {
        try configuration.validate()
        try Self.validate(configuration, for: context.model)
        let (scope, width, channels) = (context.scope, configuration.hiddenSize, context.image.channels)
        model = context.model
        grid = PatchGrid(patchSize: configuration.patchSize, of: context.image)
        blockTaps = BlockTaps(grid: grid, blockCount: configuration.depth, width: width)
        pixels = PixelEmbedding(
            scope.child("x_embedder"), channels: channels, patchSize: grid.patchSize, width: configuration.decoderWidth)
        semantics = PatchSemantics(
            scope, patchValues: channels * grid.patchSize * grid.patchSize, width: width, classCount: context.classCount
        )
        trunk = DiTTrunk(
            scope.child("blocks"), width: width, depth: configuration.depth, headCount: configuration.headCount,
            grid: (grid.rows, grid.columns), recompute: configuration.recompute)
        decoder = PixelDecoder(
            scope.child("dec_net"), channels: channels, patchSize: grid.patchSize, conditionWidth: width,
            size: .init(depth: configuration.decoderDepth, width: configuration.decoderWidth),
            recompute: configuration.recompute)
    }

    public static func validate(_ configuration: DeCoConfiguration, for model: ModelSpec) throws(RecipeError) {
        try PatchGrid.validate(patchSize: configuration.patchSize, width: configuration.hiddenSize, for: model.image)
    }

    public var taps: [FeatureTap] { blockTaps.all }

    public func featureSpec(at tap: FeatureTap) -> FeatureSpec? { blockTaps.spec(at: tap) }

    public var lastLayer: Parameter? { decoder.lastLayer }

    public func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        decode(noisy, times: times, condition: condition, taps: taps, in: pass).output
    }

    /// As `predict`, with the semantic vectors that the decoder is told, [B, N, D].
    func decode(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> (output: BackboneOutput, semantic: Tensor) {
        let labels = condition.labels(count: noisy.shape[0], nullLabel: model.classCount, on: noisy.device)
        let geometry = PatchGeometry.patches(of: grid.patchSize)
        let patches = noisy.unfolded(geometry)
        let result = semantics(
            patches, time: times, labels: labels, through: trunk, taps: Set(taps.map(\.block)), pass)
        let drawn = decoder(pixels(patches, pass), semantic: result.semantic, pass)
        let raw = drawn.folded(
            geometry, channels: model.image.channels, height: model.image.height, width: model.image.width)
        let features = FeatureTap.features(taps, from: result.tapped)
        return (BackboneOutput(raw: raw, features: features), result.semantic)
    }
}
