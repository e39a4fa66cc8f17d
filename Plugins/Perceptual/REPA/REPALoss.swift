public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// The settings of REPA; the defaults are PixelGen's for JiT-L, where its weight is 0.5 and it has no gate.
public struct REPAConfiguration: ComponentConfiguration, Hashable {
    public var encoder = DINOEncoderConfiguration()
    /// The encoder's block whose patch features are the goal, from 0.
    public var layer = 11
    /// The backbone's block, from 0, whose incoming tokens are aligned.
    public var alignLayer = 8
    /// Hidden width of the projection head; 0 for that of the backbone's tokens.
    public var hiddenWidth = 0

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("encoder") { () throws(RecipeError) in try encoder.validate() }
        try encoder.check(layer: layer, at: "layer")
        try RecipeError.check(
            (0...4096).contains(alignLayer), at: "alignLayer", found: alignLayer, expected: "0 to 4096")
        try RecipeError.check(
            (0...16_384).contains(hiddenWidth), at: "hiddenWidth", found: hiddenWidth, expected: "0 to 16384")
    }
}

/// Representation alignment (REPA, Yu et al., arXiv:2410.06940): 1 − the cosine between projected inner features of the
/// backbone and DINOv2's patch features of the true image.
///
/// The projection head is trained with the model, under the official keys `diffusion_trainer.proj.<n>`; it is not used
/// for drawing.
public struct REPALoss: PerceptualLoss, Component {
    public static let key = "repa"
    public static let summary = "REPA: inner features of the backbone aligned with DINOv2's"

    private let encoder: DINOEncoder
    private let layer: Int
    private let tap: FeatureTap
    private let head: ProjectionHead

    public init(_ configuration: REPAConfiguration, in context: BuildContext) throws(RecipeError) {
        try Self.validate(configuration, for: context.model)
        let tap = FeatureTap(enteringBlock: configuration.alignLayer)
        guard let features = context.backbone?.featureSpec(at: tap) else {
            throw RecipeError(
                .conflict, at: "alignLayer", "the backbone has no inner features entering block \(tap.block)",
                advice: context.backbone.map { "its taps are \($0.taps.map(\.block))" } ?? "build it with a backbone")
        }
        let grid = configuration.encoder.grid(of: context.image)
        guard features.rows == grid.rows && features.columns == grid.columns else {
            throw RecipeError(
                .conflict, at: "encoder.basePatchSize",
                "the encoder sees \(grid.rows) × \(grid.columns) patches, the backbone has "
                    + "\(features.rows) × \(features.columns)",
                advice: "set it to the backbone's patch size")
        }
        encoder = try DINOEncoder(configuration.encoder, loss: Self.key)
        layer = configuration.layer
        self.tap = tap
        let hidden = configuration.hiddenWidth == 0 ? features.width : configuration.hiddenWidth
        head = ProjectionHead(
            context.scope, from: features.width, through: hidden, to: configuration.encoder.network.width)
    }

    public static func validate(_ configuration: REPAConfiguration, for model: ModelSpec) throws(RecipeError) {
        try configuration.encoder.validate(for: model, loss: key)
    }

    public var taps: [FeatureTap] { [tap] }
    public var networks: [FrozenNetwork] { [encoder.frozen] }
    public var isBalanced: Bool { false }

    public func recalls(at times: [Float]) -> [String] { encoder.recalls(of: [layer]) }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        1 - cosines(reference: reference, in: context).mean(over: [1])
    }

    /// The cosine of each patch, [B, N].
    func cosines(reference: Tensor, in context: LossContext) -> Tensor {
        let wanted = encoder.referenceFeatures(of: reference, layers: [layer], in: context)[0]
        let features = required(
            context.features[tap], Self.key, "the context lacks the features entering block \(tap.block)")
        return head(features, context.pass).cosine(with: wanted)
    }
}

/// Linear – SiLU – Linear – SiLU – Linear, keys `0`, `2`, `4`.
struct ProjectionHead: Sendable {
    private let layers: [Linear]

    /// - Parameter scope: of the model; the head takes the first free number under `diffusion_trainer.proj`.
    init(_ scope: Scope, from inputs: Int, through hidden: Int, to outputs: Int) {
        let prefix = "diffusion_trainer.proj."
        var number = 0
        while scope.parameters.contains(where: { $0.key.hasPrefix("\(prefix)\(number).") }) { number += 1 }
        let widths = [(inputs, hidden), (hidden, hidden), (hidden, outputs)]
        layers = widths.enumerated().map { index, width in
            Linear(
                scope.child("\(prefix)\(number).\(2 * index)"), from: width.0, to: width.1, initial: .kaimingUniform)
        }
    }

    /// - Parameter x: […, inputs].
    /// - Returns: […, outputs].
    func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        layers[2](layers[1](layers[0](x, pass).silu(), pass).silu(), pass)
    }
}
