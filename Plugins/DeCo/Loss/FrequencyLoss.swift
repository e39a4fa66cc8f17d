public import SwiffuseDiffusion
public import SwiffuseTensor

/// DeCo's frequency-aware loss (arXiv:2511.19365, "frequency-aware flow-matching loss"): the squared error of a
/// velocity's 8 × 8 cosine coefficients, those that JPEG keeps finely weighing more.
///
/// The mean of w · (DCT(v̂) − DCT(v))² with w ∝ Q^−γ, of mean 1 in each channel, where Q is JPEG's table for a quality.
///
/// Colour goes through Y, Cb and Cr; grey pictures count as Y. Differences from the official code: grey pictures.
public struct FrequencyLoss: Sendable {
    public struct Configuration: ComponentConfiguration {
        /// The JPEG quality whose tables give the weights, 1…100.
        public var quality = 85.0
        /// γ in the weights Q^−γ; 0 weighs all frequencies alike.
        public var exponent = 1.0
        /// Smallest 1 − t that a difference of images is divided by to make it one of velocities, in recipes.
        public var clamp = 0.05

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((1...100).contains(quality), at: "quality", found: quality, expected: "1 to 100")
            try RecipeError.check((0...10).contains(exponent), at: "exponent", found: exponent, expected: "0 to 10")
            try RecipeError.check((1e-6...1).contains(clamp), at: "clamp", found: clamp, expected: "0.000001 to 1")
        }
    }

    public let configuration: Configuration

    public init(_ configuration: Configuration = Configuration()) throws(RecipeError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// Checks that pictures are grey or in colour, and not too small to be continued to whole blocks.
    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        try model.checkIsPicture(for: key)
        let image = model.image
        guard min(image.height, image.width) >= 5 else {
            throw RecipeError(
                .conflict, at: "",
                "\(key) needs pictures of 5 × 5 or more, these have \(image.height) × \(image.width)",
                advice: "leave the loss out, or make the image larger")
        }
    }

    /// The error of a velocity.
    ///
    /// - Parameters:
    ///   - predicted: v̂, [B, C, H, W] with 1 or 3 channels, H and W at least 5.
    ///   - reference: v, same shape.
    /// - Returns: the mean over all weighted coefficients, one value per image, [B].
    public func callAsFunction(_ predicted: Tensor, _ reference: Tensor) -> Tensor {
        // Every step is linear, so the difference of the coefficients is the coefficients of the difference.
        values(ofError: predicted - reference)
    }

    /// The error of a velocity, given v̂ − v.
    func values(ofError error: Tensor) -> Tensor {
        let channels = error.shape[1]
        let signals = channels == 3 ? FrequencyTransform.colourDifference(error) : error
        let coefficients = FrequencyTransform.cosines(signals)
        let weighted = coefficients.squared() * weights(channels: channels, on: error.device)
        return weighted.mean(over: Array(1..<weighted.shape.rank))
    }

    /// The weights of the coefficients, [channels, 1, 8, 1, 8].
    func weights(channels: Int, on device: any Device) -> Tensor {
        let size = FrequencyTransform.blockSize
        let values = JPEGTables.weights(
            channels: channels, quality: configuration.quality, exponent: configuration.exponent)
        return Tensor(values, shape: [channels, 1, size, 1, size], on: device)
    }
}
