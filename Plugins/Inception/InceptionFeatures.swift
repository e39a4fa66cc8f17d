public import SwiffuseDiffusion
public import SwiffuseEvaluation
public import SwiffuseNN
public import SwiffuseTensor

/// The settings of Inception-v3 as a feature network.
public struct InceptionFeaturesConfiguration: ComponentConfiguration {
    /// How pictures are brought to 299 × 299.
    public enum Resizing: String, Codable, Sendable, CaseIterable {
        /// As the network's own TensorFlow graph does, pixel places counted from the corner: ADM's evaluator, torch-fidelity.
        case torchFidelity = "torch-fidelity"
        /// Pixel places counted from the pixels' centres: pytorch-fid.
        case pytorchFID = "pytorch-fid"
    }

    /// How pictures are brought to the network's size.
    public var resizing = Resizing.torchFidelity
    /// `weights-inception-2015-12-05-6726825d.pth` (torch-fidelity) or `pt_inception-2015-12-05-6726825d.pth`
    /// (pytorch-fid).
    public var weights = WeightsFile()

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("weights") { () throws(RecipeError) in try weights.validate() }
    }
}

/// What Inception-v3 sees in pictures: the features of FID (pool_3), sFID (mixed_6/conv) and the Inception Score.
///
/// The Inception Score takes the classifier's scores without its bias, as ADM's evaluator and torch-fidelity do.
public struct InceptionFeatures: FeatureNetwork, Component {
    public static let key = "inception-v3"
    public static let summary = "Inception-v3 in the weights of torch-fidelity or pytorch-fid: FID, sFID, IS"

    public let network: FrozenNetwork
    private let inception: InceptionV3
    private let resizing: InceptionFeaturesConfiguration.Resizing
    private let weights: WeightsFile

    public init(_ configuration: InceptionFeaturesConfiguration = InceptionFeaturesConfiguration()) {
        let scope = Scope()
        inception = InceptionV3(scope)
        resizing = configuration.resizing
        weights = configuration.weights
        network = FrozenNetwork(id: "inception-v3 " + weights.file, scope: scope) { scope, device in
            ParameterStore(scope.parameters, values: try Self.load(scope, configuration.weights, on: device))
        }
    }

    public init(_ configuration: InceptionFeaturesConfiguration, in context: BuildContext) throws(RecipeError) {
        self.init(configuration)
    }

    public var title: String {
        Self.title(resizing) + (weights.source == .random ? ", random weights" : "")
    }

    /// Whether features come from Inception-v3 with weights from a file, so that their Fréchet distance is called FID.
    public static func areBehind(_ identity: FeatureNetworkIdentity) -> Bool {
        InceptionFeaturesConfiguration.Resizing.allCases.contains { identity.settings == title($0) }
    }

    private static func title(_ resizing: InceptionFeaturesConfiguration.Resizing) -> String {
        "Inception-v3, resized as \(resizing.rawValue) does"
    }

    public func features(of images: Tensor, _ pass: Pass) -> ImageFeatures {
        let found = inception(prepared(images), pass)
        return ImageFeatures(pooled: found.pooled, spatial: found.spatial, logits: found.logits)
    }

    /// - Returns: [B, 3, 299, 299] in −1…1.
    private func prepared(_ images: Tensor) -> Tensor {
        let (batch, rows, columns) = (images.shape[0], images.shape[2], images.shape[3])
        let colour = images.shape[1] == 3 ? images : images.broadcast(to: [batch, 3, rows, columns])
        let resized = colour.interpolated(rows: axis(rows), columns: axis(columns))
        switch resizing {
        case .torchFidelity: return (resized - 128) * Float(1.0 / 128)
        case .pytorchFID: return resized * Float(2.0 / 255) - 1
        }
    }

    private func axis(_ extent: Int) -> AxisResampling {
        AxisResampling(
            from: extent, to: InceptionV3.side, interpolation: .bilinear,
            placement: resizing == .torchFidelity ? .corners : .centers)
    }

    /// What only training uses: counters of the norms, and the second classifier; and the bias that no score takes.
    private static func isIgnored(_ name: String) -> Bool {
        name.hasSuffix(".num_batches_tracked") || name.hasPrefix("AuxLogits.") || name == "fc.bias"
    }

    /// Folds γ (x − μ) / √(σ² + ε) + β into the convolution in front of it.
    private static func load(_ scope: Scope, _ weights: WeightsFile, on device: any Device) throws -> [Tensor] {
        try NetworkWeights.load(
            scope.parameters, of: scope, from: weights, for: key, setting: "weights", on: device,
            ignoring: isIgnored
        ) { file, parameter in
            guard let dot = parameter.key.lastIndex(of: "."), !parameter.key.hasPrefix("fc.") else {
                return try file.values(of: parameter.shape, named: StoredNames(parameter.key))
            }
            let layer = parameter.key[..<dot]
            let outputs = parameter.shape[0]
            func statistic(_ name: String) throws -> [Float] {
                try file.values(of: [outputs], named: StoredNames("\(layer).bn.\(name)"))
            }
            let variances = try statistic("running_var")
            let factors = zip(try statistic("weight"), variances).map { $0 / ($1 + 0.001).squareRoot() }
            guard parameter.shape.rank == 1 else {
                let values = try file.values(of: parameter.shape, named: StoredNames("\(layer).conv.weight"))
                let size = values.count / outputs
                return values.indices.map { values[$0] * factors[$0 / size] }
            }
            let (means, shifts) = (try statistic("running_mean"), try statistic("bias"))
            return shifts.indices.map { shifts[$0] - means[$0] * factors[$0] }
        }
    }
}
