/// What a network predicts, or where a loss is measured.
public enum PredictionSpace: String, Codable, CaseIterable, Sendable {
    /// The clean image x.
    case image
    /// The velocity v = α′x + σ′ε along the path.
    case velocity
    /// The noise ε.
    case noise
}

/// A conversion (raw·r + noisy·n) / d of a network's output, at one time.
public struct PredictionConversion: Sendable, Hashable {
    /// r, factor of the network's output.
    public var raw: Float
    /// n, factor of the noisy image x_t.
    public var noisy: Float
    /// d; bounded away from 0 by the clamp where the path makes it small.
    public var divisor: Float

    /// How a difference of two outputs is magnified: r / d.
    public var gain: Float { raw / divisor }

    /// The conversion between two spaces at a point of a path.
    ///
    /// On the linear path, image to velocity is (x̂ − x_t) / max(1 − t, clamp), JiT's own (arXiv:2511.13720).
    ///
    /// - Parameter clamp: smallest value of α or σ as a divisor, above 0.
    public init(from source: PredictionSpace, to goal: PredictionSpace, at point: PathCoefficients, clamp: Float) {
        let sigma = max(point.sigma, clamp)
        let alpha = max(point.alpha, clamp)
        let determinant = point.determinant
        switch (source, goal) {
        case (.image, .image), (.velocity, .velocity), (.noise, .noise):
            self.init(raw: 1, noisy: 0, divisor: 1)
        case (.image, .velocity): self.init(raw: determinant, noisy: point.sigmaRate, divisor: sigma)
        case (.image, .noise): self.init(raw: -point.alpha, noisy: 1, divisor: sigma)
        case (.velocity, .image): self.init(raw: point.sigma, noisy: -point.sigmaRate, divisor: determinant)
        case (.velocity, .noise): self.init(raw: -point.alpha, noisy: point.alphaRate, divisor: determinant)
        case (.noise, .image): self.init(raw: -point.sigma, noisy: 1, divisor: alpha)
        case (.noise, .velocity): self.init(raw: -determinant, noisy: point.alphaRate, divisor: alpha)
        }
    }

    public init(raw: Float, noisy: Float, divisor: Float) {
        self.raw = raw
        self.noisy = noisy
        self.divisor = divisor
    }
}
