public import SwiffuseDiffusion
public import SwiffuseEvaluation
public import SwiffuseNN
public import SwiffuseTensor

/// The settings of DINOv2 as a feature network.
public struct DINOv2FeaturesConfiguration: ComponentConfiguration {
    public var network = DINOv2Configuration()
    /// Side that pictures are brought to (bicubic with antialiasing), in pixels.
    public var side = 224
    /// A `dinov2_vit*14*_pretrain.pth`, or any file with its keys or those of Hugging Face.
    public var weights = WeightsFile()

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("network") { () throws(RecipeError) in try network.validate() }
        try RecipeError.check(
            side > 0 && side <= 8192 && side % network.patchSize == 0, at: "side", found: side,
            expected: "a multiple of the patch size \(network.patchSize)")
        try RecipeError.within("weights") { () throws(RecipeError) in try weights.validate() }
    }
}

/// The class token of DINOv2, for Fréchet distances that agree better with people (Stein et al., arXiv:2306.04675).
public struct DINOv2Features: FeatureNetwork, Component {
    public static let key = "dinov2"
    public static let summary = "the class token of DINOv2: Fréchet DINO distance"

    public let network: FrozenNetwork
    public let settings: String
    private let encoder: DINOv2
    private let configuration: DINOv2FeaturesConfiguration

    /// - Throws: `RecipeError` if the network's settings cannot be written down.
    public init(_ configuration: DINOv2FeaturesConfiguration) throws(RecipeError) {
        let scope = Scope()
        encoder = DINOv2(scope, configuration.network)
        settings =
            "DINOv2, pictures of \(configuration.side), " + (try configuration.network.resolvedTree().canonicalJSON)
            + (configuration.weights.source == .random ? ", random weights" : "")
        self.configuration = configuration
        network = FrozenNetwork(id: "dinov2 features " + configuration.weights.file, scope: scope) { scope, device in
            try EncoderFile.check(configuration.network, against: configuration.weights)
            let values = try NetworkWeights.load(
                scope.parameters, of: scope, from: configuration.weights, for: Self.key, setting: "weights", on: device,
                ignoring: DINOv2Names.isIgnored, names: DINOv2Names.names)
            return ParameterStore(scope.parameters, values: values)
        }
    }

    public init(_ configuration: DINOv2FeaturesConfiguration, in context: BuildContext) throws(RecipeError) {
        try self.init(configuration)
    }

    public var title: String {
        let network = configuration.network
        return "DINOv2, width \(network.width), depth \(network.depth), pictures of \(configuration.side)"
            + (configuration.weights.source == .random ? ", random weights" : "")
    }

    public func features(of images: Tensor, _ pass: Pass) -> ImageFeatures {
        let resized = images.interpolated(rows: axis(images.shape[2]), columns: axis(images.shape[3]))
        let side = configuration.network.patchSize
        let prepared = DINOv2Preparation(patchSize: side, basePatchSize: side)(resized * Float(1.0 / 255))
        let last = configuration.network.depth - 1
        let found = encoder(prepared, layers: [last], pass)
        let map = found.patches[last]?.patchMap(rows: configuration.side / side)
        return ImageFeatures(
            pooled: found.classToken.reshaped(to: images.shape[0], -1), spatial: map.map(ImageFeatures.spatial))
    }

    private func axis(_ extent: Int) -> AxisResampling {
        AxisResampling(from: extent, to: configuration.side, interpolation: .bicubic, isAntialiased: true)
    }
}
