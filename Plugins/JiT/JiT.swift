public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// The backbone of JiT ("Back to Basics: Let Denoising Generative Models Denoise", arXiv:2511.13720) and of PixelGen
/// (arXiv:2602.02493):
/// a plain transformer over large image patches.
///
/// Differences from the official code: images need not be square; a model without classes has the "no class" row only;
/// a context that
/// would start behind the last block is a mistake in the recipe.
public struct JiT: Backbone, Component {
    public static let key = "jit"
    public static let summary = "plain transformer over image patches (JiT, PixelGen)"

    private let model: JiTModel
    private let blockTaps: BlockTaps

    public init(_ configuration: JiTConfiguration, in context: BuildContext) throws(RecipeError) {
        try configuration.validate()
        try Self.validate(configuration, for: context.model)
        model = JiTModel(
            context.scope, channels: context.image.channels, height: context.image.height, width: context.image.width,
            classCount: context.classCount, configuration: configuration)
        blockTaps = BlockTaps(
            grid: PatchGrid(patchSize: configuration.patchSize, of: context.image), blockCount: configuration.depth,
            width: configuration.hiddenSize)
    }

    public static func validate(_ configuration: JiTConfiguration, for model: ModelSpec) throws(RecipeError) {
        try PatchGrid.validate(patchSize: configuration.patchSize, width: configuration.hiddenSize, for: model.image)
    }

    public var taps: [FeatureTap] { blockTaps.all }

    public func featureSpec(at tap: FeatureTap) -> FeatureSpec? { blockTaps.spec(at: tap) }

    public var lastLayer: Parameter? { model.head.lastLayer }

    public func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        let labels = condition.labels(count: noisy.shape[0], nullLabel: model.classCount, on: noisy.device)
        let inner = taps.map { $0.block == model.blocks.count ? JiTModel.Tap.last : .entering(block: $0.block) }
        let result = model(noisy, time: times, labels: labels, taps: inner, pass)
        return BackboneOutput(
            raw: result.prediction, features: Dictionary(zip(taps, result.tapped)) { first, _ in first })
    }
}
