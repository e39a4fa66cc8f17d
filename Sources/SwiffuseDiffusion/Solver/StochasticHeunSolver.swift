public import SwiffuseTensor

/// Heun's method with noise: a predicted end, then a step from the start along the means of both velocities and both
/// scores. The last step is Euler's.
///
/// Predictor and corrector of step i use the draws 2i and 2i + 1, w is that of the step's start for both. The official
/// `HeunSampler` with a `step_fn`.
public struct StochasticHeunSolver: Solver, Component {
    public struct Configuration: ComponentConfiguration {
        /// `exact` evaluates each step's start anew; `reused` takes velocity and score at the predicted end of the
        /// step before.
        public var evaluations = HeunSolver.Evaluations.exact
        /// See `sde-euler`.
        public var step = StepForm.sde
        /// See `sde-euler`.
        public var lastStep = StepForm.ode
        /// See `sde-euler`.
        public var churn = ChurnSchedule.Shape.linear
        /// See `sde-euler`.
        public var factor = 1.0

        public init() {}

        public func validate() throws(RecipeError) { try shared.validate() }

        var shared: StochasticConfiguration {
            var shared = StochasticConfiguration()
            (shared.step, shared.lastStep, shared.churn, shared.factor) = (step, lastStep, churn, factor)
            return shared
        }
    }

    /// The context of the run, and velocity and score at the predicted end of the step before.
    public struct Memory: Sendable {
        fileprivate let context: SolverContext
        fileprivate var slope: Slope?
    }

    /// Velocity and score at one state.
    fileprivate struct Slope: Sendable {
        let velocity: Tensor
        let score: Tensor

        /// The mean of two.
        func averaged(with other: Slope) -> Slope {
            Slope(velocity: (velocity + other.velocity) * 0.5, score: (score + other.score) * 0.5)
        }
    }

    public static let key = "sde-heun"
    public static let summary = "Heun with noise, two evaluations per step, or one that is reused"

    public let step: StochasticStep
    public let evaluations: HeunSolver.Evaluations

    public init(_ step: StochasticStep = StochasticStep(), evaluations: HeunSolver.Evaluations = .exact) {
        self.step = step
        self.evaluations = evaluations
    }

    public init(_ configuration: Configuration, in context: BuildContext) {
        self.init(StochasticStep(configuration.shared), evaluations: configuration.evaluations)
    }

    public var isStochastic: Bool { step.form.isRandom || step.lastForm.isRandom }
    public var usesPath: Bool { true }

    public func begin(in context: SolverContext) -> Memory { Memory(context: context) }

    public func advance(
        _ state: Tensor, over timeStep: TimeStep, memory: inout Memory, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        let context = memory.context
        func slope(at state: Tensor, time: Float) -> Slope {
            let velocity = field(state, VelocityQuery(time: time, step: timeStep))
            return Slope(velocity: velocity, score: context.path.score(of: state, velocity: velocity, at: time))
        }
        func end(along slope: Slope, as form: StepForm, draw: Int) -> Tensor {
            step.end(
                of: timeStep, as: form, from: state, along: slope.velocity, score: slope.score,
                noise: context.noise(2 * timeStep.index + draw, like: state))
        }
        let first = memory.slope ?? slope(at: state, time: timeStep.start)
        guard !timeStep.isLast else {
            return SolverStep(state: end(along: first, as: step.lastForm, draw: 1), velocity: first.velocity)
        }
        let second = slope(at: end(along: first, as: step.form, draw: 0), time: timeStep.end)
        switch evaluations {
        case .exact: memory.slope = nil
        case .reused: memory.slope = second
        }
        let mean = first.averaged(with: second)
        return SolverStep(state: end(along: mean, as: step.form, draw: 1), velocity: mean.velocity)
    }
}
