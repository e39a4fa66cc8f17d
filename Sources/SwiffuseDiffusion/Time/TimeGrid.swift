import SwiffuseTensor

/// The times that a sampler visits: 0 = noise first, 1 = image last.
///
/// With n steps and last step l, the unshifted grid is n times from 0 to 1 − l, and 1; each is then shifted. The
/// arithmetic is Float32 in the order of PyTorch's CPU `linspace` and of the official code, so that a step on the end
/// of a guidance interval falls on the same side.
public struct TimeGrid: Sendable, Hashable {
    /// n + 1 rising times, from 0 to 1.
    public let times: [Float]

    /// A grid of given times; at least two, rising.
    public init(times: [Float]) { self.times = times }

    /// - Parameters:
    ///   - stepCount: n, at least 1.
    ///   - shift: see `TimeShift`.
    ///   - lastStep: l, before shifting; `.automatic` is 1 / n, which makes the unshifted grid even.
    public init(stepCount: Int, shift: Float = 1, lastStep: LastStep = .automatic) {
        let last: Double =
            switch lastStep {
            case .automatic: 1 / Double(stepCount)
            case .width(let width): stepCount == 1 ? 1 : width
            }
        let shift = TimeShift(shift)
        times = (TimeGrid.linspace(0, Float(1 - last), count: stepCount) + [1]).map { shift($0) }
    }

    /// The grid's steps in order.
    public var steps: [TimeStep] {
        var accumulated = times.first ?? 0
        return (0..<max(0, times.count - 1)).map { index in
            let step = TimeStep(
                index: index, count: times.count - 1, start: times[index], end: times[index + 1],
                accumulatedStart: accumulated)
            accumulated += step.width
            return step
        }
    }

    /// The part of this grid from a time on: that time, and the later times of the grid.
    ///
    /// A time of the grid less than a quarter of its own step behind the start is left out: tiny steps gain nothing,
    /// and multistep solvers divide by them.
    ///
    /// - Parameter start: within 0 ..< 1; 0 gives the grid itself.
    public func starting(at start: Float) -> TimeGrid {
        require(start >= 0 && start < 1, "TimeGrid", "the start must be within 0 ..< 1, got \(start)")
        guard start > (times.first ?? 0) else { return self }
        let later = zip(times.dropFirst(), times).filter { time, before in
            time > start && (time == times.last || time - start >= 0.25 * (time - before))
        }
        return TimeGrid(times: [start] + later.map(\.0))
    }

    /// Evenly spaced numbers as PyTorch computes them on the CPU: from the start in the first half, from the end in
    /// the second, one rounding each.
    static func linspace(_ start: Float, _ end: Float, count: Int) -> [Float] {
        guard count > 1 else { return [start] }
        let step = (end - start) / Float(count - 1)
        return (0..<count).map { index in
            index < count / 2
                ? start.addingProduct(step, Float(index)) : end.addingProduct(-step, Float(count - 1 - index))
        }
    }
}

extension TimeGrid {
    /// How long the last step is, before shifting.
    public enum LastStep: Sendable, Hashable {
        /// As long as the others.
        case automatic
        /// A width in 0…1.
        case width(Double)
    }

    /// The section `sampling.grid` of a recipe.
    public struct Configuration: ComponentConfiguration, Hashable {
        /// Number of steps.
        public var steps = 50
        /// Moves the times towards noise, t ↦ t / (t + (1 − t) · shift); 1 leaves them where they are.
        public var shift = 1.0
        /// Width of the last step, or `automatic`: that of the others before the shift.
        public var lastStep = LastStep.automatic

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((1...10_000).contains(steps), at: "steps", found: steps, expected: "1 to 10000")
            try RecipeError.check((0.001...1000).contains(shift), at: "shift", found: shift, expected: "0.001 to 1000")
            if case .width(let width) = lastStep {
                try RecipeError.check(
                    width > 0 && width < 1, at: "lastStep", found: width,
                    expected: "automatic or a width between 0 and 1")
            }
        }
    }

    public init(_ configuration: Configuration) {
        self.init(
            stepCount: configuration.steps, shift: Float(configuration.shift), lastStep: configuration.lastStep)
    }
}

extension TimeGrid.LastStep: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let width = try? container.decode(Double.self) {
            self = .width(width)
        } else if (try? container.decode(String.self)) == "automatic" {
            self = .automatic
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected automatic or a width")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .automatic: try container.encode("automatic")
        case .width(let width): try container.encode(width)
        }
    }
}
