/// The times at which a sample is guided: from `low` to `high`, whose ends count by convention.
///
/// Everything is compared in Float32, the bounds rounded to it first, as in the official code.
public struct GuidanceInterval: Sendable, Hashable {
    /// Whose inequalities hold at the ends.
    public enum Convention: String, Codable, CaseIterable, Sendable {
        /// PixelGen: decided once per step, at its start. Euler and Heun: low < t ≤ high; Adams: low < t < high, with
        /// t added up in Float32. With low = 0 the first step is never guided.
        case official
        /// The JiT repository: decided at each evaluation's own time, low < t < high, and at t = 0 too if low = 0.
        case jit
    }

    public let low: Float
    public let high: Float
    public let convention: Convention

    public init(low: Float, high: Float, convention: Convention = .official) {
        self.low = low
        self.high = high
        self.convention = convention
    }

    /// Whether an evaluation of the velocity field is guided.
    public func contains(_ moment: VelocityQuery) -> Bool {
        switch convention {
        case .official:
            switch moment.interval {
            case .throughHigh: moment.step.start > low && moment.step.start <= high
            case .belowHigh: moment.step.accumulatedStart > low && moment.step.accumulatedStart < high
            }
        case .jit:
            moment.time < high && (low == 0 || moment.time > low)
        }
    }
}
