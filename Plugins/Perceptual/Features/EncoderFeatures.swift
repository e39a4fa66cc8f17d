public import SwiffuseDiffusion
public import SwiffuseEvaluation
public import SwiffuseNN
public import SwiffuseTensor

/// The settings of an own encoder as a feature network.
public struct EncoderFeaturesConfiguration: ComponentConfiguration {
    /// What 'swiffuse train-encoder' wrote.
    public var weights = WeightsFile()

    public init() {}

    public init(file: String) { weights = WeightsFile(file: file) }

    public func validate() throws(RecipeError) {
        try RecipeError.within("weights") { () throws(RecipeError) in try weights.validate() }
    }
}

/// What an own encoder sees in pictures. Its scores cannot be compared with those of Inception-v3.
public struct EncoderFeatures: FeatureNetwork {
    public let network: FrozenNetwork
    private let encoder: Encoder
    private let file: String

    /// - Throws: `CheckpointError` or `RecipeError` if the file is not an encoder's.
    public init(file: String) throws {
        let encoder = try Encoder(try EncoderFile.configuration(of: file))
        self.encoder = encoder
        self.file = file
        network = FrozenNetwork(id: "encoder " + file, scope: encoder.scope) { _, device in
            try EncoderFile.store(encoder, from: WeightsFile(file: file), on: device)
        }
    }

    public var title: String {
        let configuration = encoder.configuration
        return "own encoder \(file) (\(configuration.architecture.rawValue), \(configuration.classes) "
            + "\(configuration.task.rawValue))"
    }

    public var settings: String { "own encoder" }

    public func features(of images: Tensor, _ pass: Pass) -> ImageFeatures {
        let image = encoder.configuration.image
        var x = images
        if x.shape[1] == 3 && image.channels == 1 {
            // As Pillow makes pictures grey.
            let shares = Tensor([0.299, 0.587, 0.114], shape: [1, 3, 1, 1], on: x.device)
            x = (x * shares).sum(over: [1], axes: .kept)
        } else if x.shape[1] == 1 && image.channels == 3 {
            x = x.broadcast(to: [x.shape[0], 3, x.shape[2], x.shape[3]])
        }
        if (x.shape[2], x.shape[3]) != (image.height, image.width) {
            x = x.interpolated(
                rows: axis(x.shape[2], image.height), columns: axis(x.shape[3], image.width))
        }
        let found = encoder.features(of: x * Float(2.0 / 255) - 1, pass)
        // Four rotations say nothing about how varied pictures are.
        let hasClasses = encoder.configuration.task == .classes
        return ImageFeatures(
            pooled: found.pooled, spatial: ImageFeatures.spatial(of: found.map), logits: hasClasses ? found.logits : nil
        )
    }

    private func axis(_ from: Int, _ to: Int) -> AxisResampling {
        AxisResampling(from: from, to: to, interpolation: .bilinear, isAntialiased: true)
    }
}

extension EncoderFeatures: Component {
    public static let key = "encoder"
    public static let summary = "a network that 'swiffuse train-encoder' trained on own pictures"

    public init(_ configuration: EncoderFeaturesConfiguration, in context: BuildContext) throws(RecipeError) {
        try RecipeError.check(
            !configuration.weights.file.isEmpty, at: "weights.file", found: "\"\"",
            expected: "the file of an encoder, which 'swiffuse train-encoder' writes")
        do {
            try self.init(file: configuration.weights.file)
        } catch let error as RecipeError {
            throw error
        } catch {
            throw RecipeError(.conflict, at: "weights.file", "\(error)", advice: "name an encoder's file")
        }
    }
}
