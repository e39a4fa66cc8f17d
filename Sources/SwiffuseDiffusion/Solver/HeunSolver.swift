public import SwiffuseTensor

/// Heun's method: a predicted end point, then the mean of the velocities at both ends. The last step is Euler's.
///
/// `exact` evaluates the field at the start of each step anew: order 2, 2n − 1 evaluations for n steps. `reused`
/// takes the velocity at the predicted end of the step before instead: n evaluations (`exact_henu: false` in the
/// official code).
public struct HeunSolver: Solver, Component {
    public enum Evaluations: String, Codable, CaseIterable, Sendable {
        case exact, reused
    }

    public struct Configuration: ComponentConfiguration {
        /// Whether the velocity at a step's start is asked for anew or taken from the step before.
        public var evaluations = Evaluations.exact

        public init() {}
    }

    /// The velocity at the predicted end of the step before.
    public struct Memory: Sendable {
        fileprivate var velocity: Tensor?
    }

    public static let key = "heun"
    public static let summary = "order 2, two evaluations per step, or one that is reused"

    public let evaluations: Evaluations

    public init(_ evaluations: Evaluations = .exact) { self.evaluations = evaluations }

    public init(_ configuration: Configuration, in context: BuildContext) { evaluations = configuration.evaluations }

    public func begin(in context: SolverContext) -> Memory { Memory() }

    public func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Memory, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        let first = memory.velocity ?? field(state, VelocityQuery(time: step.start, step: step))
        guard !step.isLast else { return SolverStep(from: state, along: first, over: step) }
        let predicted = state + first * step.width
        let second = field(predicted, VelocityQuery(time: step.end, step: step))
        switch evaluations {
        case .exact: memory.velocity = nil
        case .reused: memory.velocity = second
        }
        return SolverStep(from: state, along: (first + second) * 0.5, over: step)
    }
}
