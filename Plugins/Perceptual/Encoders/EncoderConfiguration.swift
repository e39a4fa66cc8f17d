public import SwiffuseDiffusion

/// A small encoder that can be trained on one's own pictures, as a stand-in for the large networks of losses and scores.
public struct EncoderConfiguration: ComponentConfiguration, Hashable {
    /// What an encoder looks like inside.
    public enum Architecture: String, Codable, Sendable, CaseIterable {
        /// VGG's pattern, for LPIPS: five stages of 3 × 3 convolutions.
        case vgg
        /// DINOv2's vision transformer, for P-DINO and REPA.
        case vit
        /// Convolutions of 5 × 5 with stride 2, unlike both: for scores that losses did not train towards.
        case strided
    }

    /// What it learns to tell apart.
    public enum Task: String, Codable, Sendable, CaseIterable {
        /// The classes of the data.
        case classes
        /// By how many right angles a picture was turned, where pictures have no classes (Gidaris et al.,
        /// arXiv:1803.07728).
        case rotations
    }

    public var architecture = Architecture.vgg
    /// The pictures that it was trained on.
    public var image = ImageSpec(channels: 3, height: 32, width: 32)
    public var task = Task.classes
    /// Number of classes; 4 for rotations.
    public var classes = 10
    /// Channels of the stages of `vgg`.
    public var widths = [16, 32, 64, 96, 128]
    /// The network of `vit`.
    public var transformer = DINOv2Configuration.small
    /// Numbers of a feature vector of `strided`.
    public var featureWidth = 256

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.within("image") { () throws(RecipeError) in try image.validate() }
        try RecipeError.check(
            [1, 3].contains(image.channels), at: "image.channels", found: image.channels, expected: "1 or 3")
        try RecipeError.check((2...100_000).contains(classes), at: "classes", found: classes, expected: "2 to 100000")
        try RecipeError.check(
            (1...65_536).contains(featureWidth), at: "featureWidth", found: featureWidth, expected: "1 to 65536")
        var network = LPIPSNetworkConfiguration()
        network.widths = widths
        try network.validate()
        try RecipeError.within("transformer") { () throws(RecipeError) in try transformer.validate() }
        let least = min(image.height, image.width)
        switch architecture {
        case .vgg, .strided:
            try RecipeError.check(
                least >= VGGFeatures.minimumSide, at: "image", found: least,
                expected: "sides of \(VGGFeatures.minimumSide) pixels or more")
        case .vit:
            let patch = transformer.patchSize
            try RecipeError.check(
                image.height % patch == 0 && image.width % patch == 0, at: "transformer.patchSize", found: patch,
                expected: "a divisor of \(image.height) and \(image.width)")
        }
        try RecipeError.check(
            task == .classes || (classes == 4 && image.height == image.width), at: "task", found: task.rawValue,
            expected: "square images and classes: 4 for rotations")
    }

    /// Text that tells an encoder's file from others, under this key of its metadata.
    static let metadataKey = "swiffuse.encoder"
}

extension DINOv2Configuration {
    /// A transformer that is trained in minutes on two processor cores.
    static var small: DINOv2Configuration {
        var configuration = DINOv2Configuration()
        (configuration.imageSize, configuration.patchSize) = (32, 4)
        (configuration.width, configuration.depth, configuration.headCount) = (96, 5, 3)
        configuration.mlpRatio = 3
        return configuration
    }
}
