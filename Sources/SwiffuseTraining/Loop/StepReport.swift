/// What one update did.
public struct StepReport: Sendable, Hashable {
    /// Number of updates done.
    public let step: Int
    /// Mean loss over the update's images.
    public let loss: Float
    /// What `loss` is the sum of, weighted and balanced: the target's own term, then those of the recipe's losses.
    public let terms: [Term]
    /// The factor of the balanced losses after this update; nil without adaptive balancing.
    public let balance: Float?
    /// L2 norm of all gradients before clipping.
    public let gradientNorm: Float
    public let learningRate: Double
    /// Images used by this update.
    public let imageCount: Int
    /// How long the update waited for its images.
    public let dataWait: Duration

    /// A term of the loss.
    public struct Term: Sendable, Hashable {
        /// As in `DiffusionModel.termNames`.
        public let name: String
        /// Mean over the update's images.
        public let value: Float
    }
}
