/// The loss of some weights on the pictures that are never trained on.
public struct ValidationReport: Sendable, Hashable {
    /// Number of updates done.
    public let step: Int
    /// `raw`, or `ema-` and the decay of a running average.
    public let weights: String
    /// Mean over the pictures.
    public let loss: Double
    /// Mean over the pictures whose time lies in each of the equal parts of 0…1, noise first.
    public let bins: [Double]
}
