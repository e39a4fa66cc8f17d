public import SwiffuseTensor

/// What a network's raw output means, and how its error is measured.
///
/// All tensors are [B, C, H, W]; `times` has one time in 0…1 per image.
public protocol PredictionTarget: Sendable {
    /// The clean image x̂ that an output stands for.
    func cleanImage(
        from raw: Tensor, noisy: Tensor, times: [Float], along path: some NoisePath, for use: PredictionUse
    ) -> Tensor

    /// The velocity v̂ that an output stands for.
    func velocity(
        from raw: Tensor, noisy: Tensor, times: [Float], along path: some NoisePath, for use: PredictionUse
    ) -> Tensor

    /// The error of an output, one value per image, [B]: the mean over C, H, W of the squared difference.
    func loss(of raw: Tensor, for images: NoisedImages, along path: some NoisePath) -> Tensor
}

/// Which of the two clamps holds.
public enum PredictionUse: Sendable, Hashable {
    case training, sampling
}

/// The settings that all prediction targets share.
public struct TargetConfiguration: ComponentConfiguration {
    /// Where the error is measured.
    public var loss = PredictionSpace.velocity
    /// Smallest 1 − t (in general: α or σ) that anything is divided by in training. JiT: 0.05.
    public var trainingClamp = 0.05
    /// The same in sampling.
    public var samplingClamp = 0.05
    /// A factor on the loss that depends on the time.
    public var weighting = LossWeighting.constant

    public init() {}

    public func validate() throws(RecipeError) {
        for (name, clamp) in [("trainingClamp", trainingClamp), ("samplingClamp", samplingClamp)] {
            try RecipeError.check((1e-6...1).contains(clamp), at: name, found: clamp, expected: "0.000001 to 1")
        }
    }
}
