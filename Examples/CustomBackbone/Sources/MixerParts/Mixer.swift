public import Swiffuse

/// A network of patches without attention (MLP-Mixer, Tolstikhin et al., arXiv:2105.01601), told the time and class by
/// the modulation of its norms.
///
/// Differences from the paper: SiLU instead of GELU, positions are added, and the result is pixels.
public struct Mixer: Backbone, Component {
    public static let key = "mixer"
    public static let summary = "MLP-Mixer over patches: no attention"

    private let grid: PatchGrid
    private let model: ModelSpec
    private let width: Int
    private let patches: Linear
    private let positions: Parameter
    private let time: TimestepEmbedding
    private let labels: Embedding
    private let blocks: [MixerBlock]
    private let final: Linear

    public init(_ configuration: MixerConfiguration, in context: BuildContext) throws(RecipeError) {
        try configuration.validate()
        try Self.validate(configuration, for: context.model)
        let scope = context.scope
        model = context.model
        width = configuration.width
        let grid = PatchGrid(patchSize: configuration.patchSize, of: context.image)
        self.grid = grid
        let patchValues = context.image.channels * grid.patchSize * grid.patchSize
        patches = Linear(scope.child("patches"), from: patchValues, to: width)
        positions = scope.parameter(
            "positions", [1, grid.count, width],
            initial: .values(PositionTable.sineCosine(width: width, rows: grid.rows, columns: grid.columns)))
        time = TimestepEmbedding(scope.child("time"), width: width)
        labels = Embedding(scope.child("labels"), count: context.classCount + 1, width: width)
        blocks = (0..<configuration.depth).map { index in
            MixerBlock(scope.child("blocks.\(index)"), tokenCount: grid.count, configuration)
        }
        final = Linear(scope.child("final"), from: width, to: patchValues, initial: .zeros)
    }

    public static func validate(_ configuration: MixerConfiguration, for model: ModelSpec) throws(RecipeError) {
        try PatchGrid.validate(patchSize: configuration.patchSize, width: configuration.width, for: model.image)
    }

    public var lastLayer: Parameter? { final.weight }

    public var taps: [FeatureTap] { (0...blocks.count).map { FeatureTap(enteringBlock: $0) } }

    public func featureSpec(at tap: FeatureTap) -> FeatureSpec? {
        guard taps.contains(tap) else { return nil }
        return FeatureSpec(rows: grid.rows, columns: grid.columns, width: width)
    }

    public func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        let labels = condition.labels(count: noisy.shape[0], nullLabel: model.classCount, on: noisy.device)
        let told = (time(times, pass) + self.labels(labels, pass)).silu()
        let layout = PatchLayout(size: grid.patchSize)
        var x = patches.afterPatchify(noisy, layout, pass) + pass(positions)
        var tokens: [Int: Tensor] = [:]
        for (index, block) in blocks.enumerated() {
            tokens[index] = x
            x = block(x, condition: told, pass)
        }
        tokens[blocks.count] = x
        let raw = final.beforeUnpatchify(
            LayerNorm()(x), layout, rows: grid.rows, columns: grid.columns, pass)
        return BackboneOutput(raw: raw, features: FeatureTap.features(taps, from: tokens))
    }
}
