public import SwiffuseTensor

/// What a run of a sampler starts from and is bound to.
public struct SamplingRequest: Sendable {
    /// x at t = 0, [B, C, H, W]; see `DiffusionSampler.noise(seeds:image:scale:on:)`.
    public var noise: Tensor
    /// What to draw.
    public var condition: SamplingCondition
    /// What stochastic solvers add.
    public var stepNoise: StepNoise
    public var start: SamplingStart
    public var known: KnownPixels
    /// Whether to keep what lies between.
    public var trajectory: SamplingResult.Trajectory

    public init(
        noise: Tensor, condition: SamplingCondition = .none, stepNoise: StepNoise = .none,
        start: SamplingStart = .noise, known: KnownPixels = .none, trajectory: SamplingResult.Trajectory = .discarded
    ) {
        self.noise = noise
        self.condition = condition
        self.stepNoise = stepNoise
        self.start = start
        self.known = known
        self.trajectory = trajectory
    }
}

/// Where a run starts.
public enum SamplingStart: Sendable {
    /// At t = 0, from noise alone.
    case noise
    /// From images [B, C, H, W] in −1…1, noised along the path to t = 1 − strength (image to image; SDEdit,
    /// arXiv:2108.01073). A strength of 1 is the same as `noise`; small ones change little. 0.001 to 1.
    case image(Tensor, strength: Float)

    /// The time of the start.
    var time: Float {
        switch self {
        case .noise: return 0
        case .image(_, let strength):
            require(strength >= 0.001 && strength <= 1, "sampling", "strength must be 0.001 to 1, got \(strength)")
            return 1 - strength
        }
    }

    /// x at the start.
    func state(from noise: Tensor, along path: any NoisePath) -> Tensor {
        guard case .image(let image, _) = self, time > 0 else { return noise }
        require(image.shape == noise.shape, "sampling", "images \(image.spec) for noise \(noise.spec)")
        return path.mixed(image, with: noise, at: time)
    }
}

/// Parts of the pictures that are known beforehand (inpainting; as in RePaint, arXiv:2201.09865, without resampling).
public enum KnownPixels: Sendable {
    /// Everything is drawn.
    case none
    /// `image` [B, C, H, W] is kept where `repaint` [B, 1, H, W] is 0, and drawn anew elsewhere.
    ///
    /// After each step the known pixels are put where the path from the run's own noise to the image has them; at
    /// t = 1 they are the image's, bit for bit.
    case image(Tensor, repaint: Tensor)

    /// A state with the known pixels put in.
    func imposed(on state: Tensor, after step: TimeStep, noise: Tensor, path: any NoisePath) -> Tensor {
        guard case .image(let image, let repaint) = self else { return state }
        require(image.shape == state.shape, "sampling", "known images \(image.spec) for \(state.spec)")
        require(
            repaint.shape == state.shape.replacing(1, with: 1), "sampling", "mask \(repaint.spec) for \(state.spec)")
        let known = step.isLast ? image : path.mixed(image, with: noise, at: step.end)
        return repaint.broadcast(to: state.shape).select(state, else: known)
    }
}

extension NoisePath {
    /// α·image + σ·noise at one time.
    func mixed(_ image: Tensor, with noise: Tensor, at time: Float) -> Tensor {
        let point = coefficients(at: time)
        return image * point.alpha + noise * point.sigma
    }
}
