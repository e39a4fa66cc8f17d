public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// The backbone of PixNerd ("Pixel Neural Field Diffusion", arXiv:2507.23268): a transformer over patches that writes,
/// for each patch, the weights of a small network that draws its pixels.
///
/// Differences from the official code: a model without classes has the "no class" row only.
public struct PixNerd: Backbone, Component {
    public static let key = "pixnerd"
    public static let summary = "transformer over patches that generates a neural field for each (PixNerd)"

    private let grid: PatchGrid
    private let model: ModelSpec
    private let pixels: PixelEmbedding
    private let semantics: PatchSemantics
    private let finalNorm: RMSNorm
    private let final: Linear
    private let trunk: DiTTrunk
    private let blockTaps: BlockTaps
    private let fields: [NeuralFieldBlock]
    private let recompute: Bool

    public init(_ configuration: PixNerdConfiguration, in context: BuildContext) throws(RecipeError) {
        try configuration.validate()
        try Self.validate(configuration, for: context.model)
        let (scope, width, channels) = (context.scope, configuration.hiddenSize, context.image.channels)
        let fieldWidth = configuration.fieldWidth
        model = context.model
        grid = PatchGrid(patchSize: configuration.patchSize, of: context.image)
        blockTaps = BlockTaps(grid: grid, blockCount: configuration.depth, width: width)
        recompute = configuration.recompute
        pixels = PixelEmbedding(
            scope.child("x_embedder"), channels: channels, patchSize: grid.patchSize, width: fieldWidth)
        semantics = PatchSemantics(
            scope, patchValues: channels * grid.patchSize * grid.patchSize, width: width, classCount: context.classCount
        )
        finalNorm = RMSNorm(scope.child("final_layer.norm"), width: fieldWidth)
        final = Linear(scope.child("final_layer.linear"), from: fieldWidth, to: channels, initial: .zeros)
        let blocks = scope.child("blocks")
        trunk = DiTTrunk(
            blocks, width: width, depth: configuration.depth, headCount: configuration.headCount,
            grid: (grid.rows, grid.columns), recompute: configuration.recompute)
        // The official code counts the fields' layers on from the transformer's blocks.
        fields = (0..<configuration.fieldDepth).map { index in
            NeuralFieldBlock(
                blocks.child("\(configuration.depth + index)"), semanticWidth: width, width: fieldWidth,
                ratio: configuration.fieldRatio)
        }
    }

    public static func validate(_ configuration: PixNerdConfiguration, for model: ModelSpec) throws(RecipeError) {
        try PatchGrid.validate(patchSize: configuration.patchSize, width: configuration.hiddenSize, for: model.image)
    }

    public var taps: [FeatureTap] { blockTaps.all }

    public func featureSpec(at tap: FeatureTap) -> FeatureSpec? { blockTaps.spec(at: tap) }

    public var lastLayer: Parameter? { final.weight }

    public func predict(
        _ noisy: Tensor, times: Tensor, condition: Condition, taps: [FeatureTap], in pass: Pass
    ) -> BackboneOutput {
        let labels = condition.labels(count: noisy.shape[0], nullLabel: model.classCount, on: noisy.device)
        let geometry = PatchGeometry.patches(of: grid.patchSize)
        let patches = noisy.unfolded(geometry)
        let result = semantics(
            patches, time: times, labels: labels, through: trunk, taps: Set(taps.map(\.block)), pass)
        let semantic = result.semantic.reshaped(to: -1, result.semantic.shape[2])
        var x = pixels(patches, pass)
        for field in fields { x = run(field, x, semantic, pass) }
        let values = final(finalNorm(x, pass), pass).permuted(to: [0, 2, 1])
        let raw = values.reshaped(to: patches.shape.dimensions).folded(
            geometry, channels: model.image.channels, height: model.image.height, width: model.image.width)
        return BackboneOutput(raw: raw, features: FeatureTap.features(taps, from: result.tapped))
    }

    private func run(_ field: NeuralFieldBlock, _ x: Tensor, _ semantic: Tensor, _ pass: Pass) -> Tensor {
        guard recompute else { return field(x, semantic: semantic, pass) }
        return pass.recomputing(field.parameters, [x, semantic]) { pass, inputs in
            [field(inputs[0], semantic: inputs[1], pass)]
        }[0]
    }
}
