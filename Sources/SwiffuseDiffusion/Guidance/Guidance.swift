public import SwiffuseTensor

/// How a sample is pulled towards its condition.
public protocol Guidance: Sendable {
    /// Which evaluations of the network can change the result.
    func evaluations(for query: VelocityQuery) -> GuidanceEvaluations

    /// The guided velocity, when both were evaluated; all [B, C, H, W].
    func combine(conditional: Tensor, unconditional: Tensor) -> Tensor
}

/// The evaluations of a network that a guided velocity needs.
public enum GuidanceEvaluations: Sendable, Hashable {
    case conditional
    case unconditional
    case both
}

/// No guidance: the conditional velocity as it is.
public struct NoGuidance: Guidance, Component {
    public typealias Configuration = NoConfiguration

    public static let key = "none"
    public static let summary = "the conditional velocity as it is"

    public init() {}

    public init(_ configuration: Configuration, in context: BuildContext) {}

    public func evaluations(for query: VelocityQuery) -> GuidanceEvaluations { .conditional }

    public func combine(conditional: Tensor, unconditional: Tensor) -> Tensor { conditional }
}
