public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// A diffusion transformer over pixel patches (after DiT, Peebles & Xie, arXiv:2212.09748): the baseline of PixelGen and
/// DeCo, `FlattenDiT` in their code.
///
/// Differences from the official code: a model without classes has the "no class" row only.
public struct DiT: Backbone, Component {
    public static let key = "dit"
    public static let summary = "diffusion transformer over pixel patches, the baseline of PixelGen and DeCo"

    private let grid: PatchGrid
    private let model: ModelSpec
    private let patches: Linear
    private let condition: DiTCondition
    private let final: DiTFinalLayer
    private let trunk: DiTTrunk
    private let blockTaps: BlockTaps

    public init(_ configuration: DiTConfiguration, in context: BuildContext) throws(RecipeError) {
        try configuration.validate()
        try Self.validate(configuration, for: context.model)
        let (scope, width) = (context.scope, configuration.hiddenSize)
        model = context.model
        grid = PatchGrid(patchSize: configuration.patchSize, of: context.image)
        blockTaps = BlockTaps(grid: grid, blockCount: configuration.depth, width: width)
        let patchValues = context.image.channels * grid.patchSize * grid.patchSize
        patches = Linear(scope.child("x_embedder.proj"), from: patchValues, to: width)
        condition = DiTCondition(scope, width: width, classCount: context.classCount)
        final = DiTFinalLayer(scope.child("final_layer"), width: width, patchValues: patchValues)
        trunk = DiTTrunk(
            scope.child("blocks"), width: width, depth: configuration.depth, headCount: configuration.headCount,
            grid: (grid.rows, grid.columns), recompute: configuration.recompute)
    }

    public static func validate(_ configuration: DiTConfiguration, for model: ModelSpec) throws(RecipeError) {
        try PatchGrid.validate(patchSize: configuration.patchSize, width: configuration.hiddenSize, for: model.image)
    }

    public var taps: [FeatureTap] { blockTaps.all }

    public func featureSpec(at tap: FeatureTap) -> FeatureSpec? { blockTaps.spec(at: tap) }

    public var lastLayer: Parameter? { final.linear.weight }

    public func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        let labels = condition.labels(count: noisy.shape[0], nullLabel: model.classCount, on: noisy.device)
        let activated = self.condition(time: times, labels: labels, pass).activated
        let layout = PatchLayout(size: grid.patchSize)
        let result = trunk(
            patches.afterPatchify(noisy, layout, pass), condition: activated, taps: Set(taps.map(\.block)), pass)
        let raw = final(
            result.tokens, condition: activated, layout, rows: grid.rows, columns: grid.columns, pass)
        return BackboneOutput(raw: raw, features: FeatureTap.features(taps, from: result.tapped))
    }
}
