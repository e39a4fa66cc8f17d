public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// The settings of the LPIPS loss; the defaults are PixelGen's, where its weight is 0.1 and its gate `{from: 0.3}`.
public struct LPIPSLossConfiguration: ComponentConfiguration, Hashable {
    public var network = LPIPSNetworkConfiguration()
    /// Side of the diffusion model's patches in pixels; pictures are resized as if it were 16.
    public var patchSize = 16
    /// The convolutions: torchvision's `vgg16-*.pth`, or any file with its keys or those of the `lpips` package.
    public var weights = WeightsFile()
    /// The learned heads: `vgg.pth` of the `lpips` package. Without, all channels count alike, unless
    /// `network.heads: learned` insists.
    public var headWeights = WeightsFile()

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("network") { () throws(RecipeError) in try network.validate() }
        try RecipeError.check((1...256).contains(patchSize), at: "patchSize", found: patchSize, expected: "1 to 256")
        try RecipeError.within("weights") { () throws(RecipeError) in try weights.validate() }
        try RecipeError.within("headWeights") { () throws(RecipeError) in try headWeights.validate() }
    }

    /// The network with its kind of heads decided.
    var decidedNetwork: LPIPSNetworkConfiguration {
        var decided = network
        if decided.heads == .automatic {
            decided.heads = headWeights.source == .random || !headWeights.file.isEmpty ? .learned : .uniform
        }
        return decided
    }
}

/// LPIPS of the predicted against the true image: local patterns (PixelGen, arXiv:2602.02493, eq. 7).
public struct LPIPSLoss: PerceptualLoss, Component {
    public static let key = "lpips"
    public static let summary = "LPIPS: features of a VGG network, for local patterns"

    private let distance: LPIPS
    private let network: FrozenNetwork
    private let patchSize: Int

    public init(_ configuration: LPIPSLossConfiguration, in context: BuildContext) throws(RecipeError) {
        try Self.validate(configuration, for: context.model)
        let scope = Scope()
        distance = LPIPS(scope, configuration.decidedNetwork)
        patchSize = configuration.patchSize
        let id = "lpips " + (try configuration.resolvedTree().canonicalJSON)
        let hasHeads = scope.parameters.contains { $0.key.hasPrefix("lin") }
        let heads = hasHeads ? [FrozenNetwork.Source(setting: "headWeights", weights: configuration.headWeights)] : []
        let files = [FrozenNetwork.Source(setting: "weights", weights: configuration.weights)] + heads
        network = FrozenNetwork(id: id, scope: scope, files: files) { scope, device in
            try Self.load(scope, configuration, on: device)
        }
    }

    public static func validate(_ configuration: LPIPSLossConfiguration, for model: ModelSpec) throws(RecipeError) {
        try model.checkIsPicture(for: key)
        for extent in [model.image.height, model.image.width] {
            try RecipeError.check(
                extent * 16 / configuration.patchSize >= VGGFeatures.minimumSide, at: "patchSize",
                found: configuration.patchSize,
                expected: "one that leaves \(VGGFeatures.minimumSide) pixels of \(extent) when resized by 16/patchSize")
        }
    }

    public var networks: [FrozenNetwork] { [network] }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        contributions(of: predicted, reference: reference, in: context).sum(over: [1])
    }

    /// The shares of the stages, [B, 5].
    func contributions(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        let pass = context.pass(for: network)
        let stages = VGGFeatures.depths.indices.map { "\(network.id) \($0)" }
        let wanted = context.remembering(stages) { missing in
            let found = distance.features(of: resized(reference), pass)
            return missing.map { found[$0] }
        }
        let seen = distance.features(of: resized(predicted), pass)
        return distance.contributions(of: seen, to: wanted, pass)
    }

    /// Bilinear with antialiasing, to size · 16 / patchSize.
    private func resized(_ images: Tensor) -> Tensor {
        guard patchSize != 16 else { return images }
        let axes = [images.shape[2], images.shape[3]].map { extent in
            AxisResampling(from: extent, to: extent * 16 / patchSize, interpolation: .bilinear, isAntialiased: true)
        }
        return images.interpolated(rows: axes[0], columns: axes[1])
    }

    /// Classifiers of VGG and of own encoders, and what else the `lpips` package keeps in one file.
    private static func isIgnoredBesideConvolutions(_ name: String) -> Bool {
        ["classifier.", "head.", "lin", "scaling_layer."].contains { name.hasPrefix($0) }
    }

    /// The package's file may have the convolutions as well, and the heads under a second name.
    private static func isIgnoredBesideHeads(_ name: String) -> Bool {
        ["net.", "features.", "classifier.", "lin", "scaling_layer."].contains { name.hasPrefix($0) }
    }

    private static func load(
        _ scope: Scope, _ configuration: LPIPSLossConfiguration, on device: any Device
    ) throws -> ParameterStore {
        let heads = scope.parameters.filter { $0.key.hasPrefix("lin") }
        let trunk = scope.parameters.filter { !$0.key.hasPrefix("lin") }
        let convolutions = try NetworkWeights.load(
            trunk, of: scope, from: configuration.weights, for: "the \(key) loss", setting: "weights", on: device,
            ignoring: isIgnoredBesideConvolutions
        ) { parameter in
            // net.slice<stage>.<index>.weight is torchvision's features.<index>.weight.
            let place = parameter.key.split(separator: ".").suffix(2).joined(separator: ".")
            return StoredNames(parameter.key, "features." + place)
        }
        let factors = try NetworkWeights.load(
            heads, of: scope, from: configuration.headWeights, for: "the \(key) loss", setting: "headWeights",
            on: device, ignoring: isIgnoredBesideHeads
        ) { StoredNames($0.key, "lins." + $0.key.dropFirst("lin".count)) }
        return ParameterStore(trunk + heads, values: convolutions + factors)
    }
}
