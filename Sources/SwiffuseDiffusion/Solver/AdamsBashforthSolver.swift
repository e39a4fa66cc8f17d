public import SwiffuseTensor

/// Adams–Bashforth on an uneven grid: a polynomial through the last velocities, integrated over the step. One
/// evaluation per step; order 1 to 4, growing over the first steps.
///
/// ## Differences
/// The official code computes the weights in Float32; `weights` takes such a table to reproduce it.
public struct AdamsBashforthSolver: Solver, Component {
    public struct Configuration: ComponentConfiguration {
        /// 1 to 4; PixelGen's text-to-image models sample with 2.
        public var order = 2

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((1...4).contains(order), at: "order", found: order, expected: "1 to 4")
        }
    }

    /// Where the weights of the past velocities come from.
    public enum Weights: Sendable, Hashable {
        /// Computed in Float64.
        case exact
        /// A row per step, oldest velocity first; as many weights of a row are used as there are velocities.
        case table([[Float]])
    }

    /// The last velocities and their times, oldest first.
    public struct Memory: Sendable {
        fileprivate var times: [Float] = []
        fileprivate var velocities: [Tensor] = []
    }

    public static let key = "adams-bashforth"
    public static let summary = "order 1 to 4, one evaluation per step"

    public let order: Int
    public let weights: Weights

    public init(order: Int = 2, weights: Weights = .exact) {
        require((1...4).contains(order), "Adams–Bashforth", "order must be 1 to 4, got \(order)")
        self.order = order
        self.weights = weights
    }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(order: configuration.order) }

    public func begin(in context: SolverContext) -> Memory { Memory() }

    public func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Memory, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        // The official sampler asks at the time added up from the step widths, and integrates on the grid's times.
        let query = VelocityQuery(time: step.accumulatedStart, step: step, interval: .belowHigh)
        memory.velocities = memory.velocities.suffix(order - 1) + [field(state, query)]
        memory.times = memory.times.suffix(order - 1) + [step.start]
        let weights = weights(for: step, past: memory.times)
        var velocity = memory.velocities[0] * weights[0]
        for (past, weight) in zip(memory.velocities, weights).dropFirst() { velocity = velocity + past * weight }
        return SolverStep(from: state, along: velocity, over: step)
    }

    private func weights(for step: TimeStep, past times: [Float]) -> [Float] {
        switch weights {
        case .exact:
            return AdamsCoefficients.weights(times: times, end: step.end).map { Float($0) }
        case .table(let rows):
            require(
                step.index < rows.count && rows[step.index].count >= times.count, "Adams–Bashforth",
                "the table of weights has no \(times.count) weights for step \(step.index)")
            return Array(rows[step.index].prefix(times.count))
        }
    }
}
