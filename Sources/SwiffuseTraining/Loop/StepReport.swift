/// What one update did.
public struct StepReport: Sendable, Hashable {
    /// Number of updates done.
    public let step: Int
    /// Mean loss over the update's images.
    public let loss: Float
    /// L2 norm of all gradients before clipping.
    public let gradientNorm: Float
    public let learningRate: Double
    /// Images used by this update.
    public let imageCount: Int
    /// How long the update waited for its images.
    public let dataWait: Duration
}
