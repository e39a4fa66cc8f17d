public import SwiffuseTensor

/// Pictures, and how they came about if that was asked for.
public struct SamplingResult: Sendable {
    /// Whether to keep every state and velocity, which takes memory in proportion to the steps.
    public enum Trajectory: Sendable, Hashable {
        case discarded, kept
    }

    /// The pictures, [B, C, H, W], about −1…1, not clamped.
    public let images: Tensor
    /// x at every time of the grid, noise first; empty unless kept.
    public let states: [Tensor]
    /// The velocity of every step; empty unless kept.
    public let velocities: [Tensor]
}

/// How far sampling has come.
public struct SamplingProgress: Sendable, Hashable {
    /// Steps done.
    public let completedSteps: Int
    public let stepCount: Int
    /// Passes of one batch through the network so far; a guided evaluation counts twice.
    public let evaluations: Int
}
