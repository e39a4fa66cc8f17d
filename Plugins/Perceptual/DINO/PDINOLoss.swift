public import SwiffuseDiffusion
public import SwiffuseTensor

/// The settings of P-DINO; the defaults are PixelGen's, where its weight is 0.01 and its gate `{from: 0.3}`.
public struct PDINOConfiguration: ComponentConfiguration, Hashable {
    public var encoder = DINOEncoderConfiguration()
    /// Blocks whose patch features are compared, from 0; several are averaged.
    public var layers = [11]

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("encoder") { () throws(RecipeError) in try encoder.validate() }
        try RecipeError.check(!layers.isEmpty, at: "layers", found: "an empty list", expected: "at least one block")
        for (index, layer) in layers.enumerated() {
            try encoder.check(layer: layer, at: "layers.\(index)")
            try RecipeError.check(
                !layers[..<index].contains(layer), at: "layers.\(index)", found: layer, expected: "each block once")
        }
    }
}

/// 1 − the cosine between DINOv2's patch features of the predicted and the true image: global semantics (PixelGen,
/// arXiv:2602.02493, eq. 8).
public struct PDINOLoss: PerceptualLoss, Component {
    public static let key = "p-dino"
    public static let summary = "P-DINO: patch features of DINOv2, for global semantics"

    private let encoder: DINOEncoder
    private let layers: [Int]

    public init(_ configuration: PDINOConfiguration, in context: BuildContext) throws(RecipeError) {
        try Self.validate(configuration, for: context.model)
        encoder = try DINOEncoder(configuration.encoder, loss: Self.key)
        layers = configuration.layers
    }

    public static func validate(_ configuration: PDINOConfiguration, for model: ModelSpec) throws(RecipeError) {
        try configuration.encoder.validate(for: model, loss: key)
    }

    public var networks: [FrozenNetwork] { [encoder.frozen] }

    /// The official code multiplies cosines [B, N] by a mask [B, 1, 1]: its gate acts on the whole batch.
    public var officialGate: GateBehaviour { .wholeBatch(closed: 1) }

    public func recalls(at times: [Float]) -> [String] { encoder.recalls(of: layers) }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        let wanted = referenceFeatures(of: reference, in: context)
        let seen = features(of: predicted, in: context)
        let losses = zip(seen, wanted).map { $0.misalignment(with: $1) }
        return losses.dropFirst().reduce(losses[0]) { $0 + $1 } / Float(losses.count)
    }

    /// Patch features of predicted images, [B, N, D] for each block.
    func features(of images: Tensor, in context: LossContext) -> [Tensor] {
        encoder.features(of: images, layers: layers, in: context)
    }

    /// Patch features of the true images, which all losses with this encoder share.
    func referenceFeatures(of images: Tensor, in context: LossContext) -> [Tensor] {
        encoder.referenceFeatures(of: images, layers: layers, in: context)
    }
}

extension Tensor {
    /// The cosine of each pair of vectors along the last axis.
    func cosine(with other: Tensor) -> Tensor { CosineOp()([self, other])[0] }

    /// 1 − the mean over patches of the cosine, [B] for features [B, N, D].
    func misalignment(with other: Tensor) -> Tensor { 1 - cosine(with: other).mean(over: [1]) }
}
