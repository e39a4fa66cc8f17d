/// A question to the velocity field: at which time, and on behalf of which step.
///
/// Guidance may depend on the step: in the official code Heun's corrector is guided as the step's start says, in
/// JiT's by its own time.
public struct VelocityQuery: Sendable, Hashable {
    /// How the official code treats the ends of a guidance interval with the solver that asks.
    public enum IntervalEnds: Sendable, Hashable {
        /// low < t ≤ high, at the step's start: Euler and Heun.
        case throughHigh
        /// low < t < high, at the step's start added up in Float32: Adams.
        case belowHigh
    }

    /// The time of the evaluation, in 0…1.
    public let time: Float
    /// The step that needs it.
    public let step: TimeStep
    public let interval: IntervalEnds

    public init(time: Float, step: TimeStep, interval: IntervalEnds = .throughHigh) {
        self.time = time
        self.step = step
        self.interval = interval
    }
}
