public import SwiffuseTensor

/// How noise turns into an image: x_t = α(t)·image + σ(t)·noise, t from 0 to 1.
public protocol NoisePath: Sendable {
    /// α, σ, their rates of change and w at a time in 0…1.
    func coefficients(at time: Float) -> PathCoefficients
}

/// The numbers that describe a noise path at one time.
public struct PathCoefficients: Sendable, Hashable {
    /// Share of the image, α.
    public var alpha: Float
    /// Share of the noise, σ.
    public var sigma: Float
    /// dα/dt.
    public var alphaRate: Float
    /// dσ/dt.
    public var sigmaRate: Float
    /// w: how much noise the stochastic samplers put back.
    public var churn: Float

    public init(alpha: Float, sigma: Float, alphaRate: Float, sigmaRate: Float, churn: Float) {
        self.alpha = alpha
        self.sigma = sigma
        self.alphaRate = alphaRate
        self.sigmaRate = sigmaRate
        self.churn = churn
    }

    /// Drift of the equivalent diffusion process, α′ / (α + 10⁻⁶).
    public var drift: Float { alphaRate / (alpha + 1e-6) }

    /// Diffusion of the equivalent process, σ′σ − α′ / (α + 10⁻⁶) · σ².
    public var diffusion: Float { sigmaRate * sigma - drift * (sigma * sigma) }

    /// α′σ − σ′α: what a velocity and a noise prediction divide by; 1 on the linear path.
    public var determinant: Float { alphaRate * sigma - sigmaRate * alpha }
}

/// Images on their way along a path, with what they were made of.
public struct NoisedImages: Sendable {
    /// The images, [B, C, H, W] in −1…1.
    public let clean: Tensor
    /// The noise, same shape.
    public let noise: Tensor
    /// α·clean + σ·noise, same shape.
    public let noisy: Tensor
    /// One time per image.
    public let times: [Float]

    public init(clean: Tensor, noise: Tensor, noisy: Tensor, times: [Float]) {
        self.clean = clean
        self.noise = noise
        self.noisy = noisy
        self.times = times
    }
}

extension NoisePath {
    /// Mixes images [B, C, H, W] with noise of the same shape, each at its own time.
    public func noised(_ clean: Tensor, with noise: Tensor, at times: [Float]) -> NoisedImages {
        let points = times.map(coefficients(at:))
        let alpha = Tensor(perImage: points.map(\.alpha), like: clean)
        let sigma = Tensor(perImage: points.map(\.sigma), like: clean)
        return NoisedImages(clean: clean, noise: noise, noisy: clean * alpha + noise * sigma, times: times)
    }
}

extension Tensor {
    /// One number per image, [B, 1, …], to be broadcast against `images` of [B, …].
    public init(perImage values: [Float], like images: Tensor) {
        require(
            values.count == images.shape[0], "per-image factor",
            "\(values.count) values for \(images.shape[0]) images")
        let ones = [Int](repeating: 1, count: images.shape.rank - 1)
        self.init(values, shape: Shape([values.count] + ones), on: images.device)
    }
}
