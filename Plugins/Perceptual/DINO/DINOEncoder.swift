public import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor

/// The encoder of P-DINO and REPA in a recipe; two losses with equal settings share it.
public struct DINOEncoderConfiguration: ComponentConfiguration, Hashable {
    public var network = DINOv2Configuration()
    /// Side of the diffusion model's patches in pixels; pictures are resized so that each becomes one of the encoder's.
    public var basePatchSize = 16
    /// A `dinov2_vit*14*_pretrain.pth`, or any file with its keys or those of Hugging Face.
    public var weights = WeightsFile()

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("network") { () throws(RecipeError) in try network.validate() }
        try RecipeError.check(
            (1...256).contains(basePatchSize), at: "basePatchSize", found: basePatchSize, expected: "1 to 256")
        try RecipeError.within("weights") { () throws(RecipeError) in try weights.validate() }
    }

    var preparation: DINOv2Preparation {
        DINOv2Preparation(patchSize: network.patchSize, basePatchSize: basePatchSize)
    }

    /// Patches down and across a picture.
    func grid(of image: ImageSpec) -> (rows: Int, columns: Int) {
        (preparation.side(of: image.height) / network.patchSize, preparation.side(of: image.width) / network.patchSize)
    }

    /// Checks that pictures become whole patches.
    func validate(for model: ModelSpec, loss: String) throws(RecipeError) {
        try model.checkIsPicture(for: loss)
        for extent in [model.image.height, model.image.width] {
            let side = preparation.side(of: extent)
            try RecipeError.check(
                side > 0 && side % network.patchSize == 0, at: "encoder.basePatchSize", found: basePatchSize,
                expected:
                    "one with which \(extent) pixels make whole patches of \(network.patchSize), not \(side) pixels")
        }
    }

    /// Checks that a block exists.
    func check(layer: Int, at path: String) throws(RecipeError) {
        try RecipeError.check(
            (0..<network.depth).contains(layer), at: path, found: layer,
            expected: "a block of the encoder, 0 to \(network.depth - 1)")
    }
}

/// A frozen DINOv2 and what is done to pictures before it.
struct DINOEncoder: Sendable {
    let frozen: FrozenNetwork
    private let depth: Int
    private let encoder: DINOv2
    private let preparation: DINOv2Preparation

    init(_ configuration: DINOEncoderConfiguration, loss: String) throws(RecipeError) {
        let scope = Scope()
        encoder = DINOv2(scope, configuration.network)
        preparation = configuration.preparation
        depth = configuration.network.depth
        let id = "dinov2 " + (try configuration.resolvedTree().canonicalJSON)
        let files = [FrozenNetwork.Source(setting: "encoder.weights", weights: configuration.weights)]
        frozen = FrozenNetwork(id: id, scope: scope, files: files) { scope, device in
            try EncoderFile.check(configuration.network, against: configuration.weights)
            let values = try NetworkWeights.load(
                scope.parameters, of: scope, from: configuration.weights, for: "the \(loss) loss",
                setting: "encoder.weights", on: device, ignoring: DINOv2Names.isIgnored, names: DINOv2Names.names)
            return ParameterStore(scope.parameters, values: values)
        }
    }

    /// Patch features of some blocks.
    ///
    /// - Parameter images: [B, 1 or 3, H, W] in −1…1, not clamped.
    /// - Returns: [B, N, D] for each layer.
    func features(of images: Tensor, layers: [Int], in context: LossContext) -> [Tensor] {
        encoder.patchFeatures(of: preparation((images + 1) * 0.5), layers: layers, context.pass(for: frozen))
    }

    /// Patch features of the true images, which all losses with this encoder share: the first that asks goes through
    /// the network once for all of them.
    func referenceFeatures(of images: Tensor, layers: [Int], in context: LossContext) -> [Tensor] {
        let wanted = (0..<depth).filter { layers.contains($0) || context.recalls.contains(name(ofBlock: $0)) }
        let found = context.remembering(wanted.map(name(ofBlock:))) { missing in
            features(of: images, layers: missing.map { wanted[$0] }, in: context)
        }
        let places = Dictionary(uniqueKeysWithValues: zip(wanted, found))
        return layers.compactMap { places[$0] }
    }

    /// What losses recall the features of these blocks by.
    func recalls(of layers: [Int]) -> [String] { layers.map(name(ofBlock:)) }

    private func name(ofBlock block: Int) -> String { "\(frozen.id) \(block)" }
}
