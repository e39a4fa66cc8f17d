public import SwiffuseTensor

/// Euler's method with noise: what velocity and score say at the step's start, plus a draw. One evaluation per step.
///
/// Step i uses draw i. The official `EulerSampler` with a `step_fn`.
public struct StochasticEulerSolver: Solver, Component {
    public typealias Configuration = StochasticConfiguration

    public static let key = "sde-euler"
    public static let summary = "Euler with noise: sde, sde-preserve, sid2; one evaluation per step"

    public let step: StochasticStep

    public init(_ step: StochasticStep = StochasticStep()) { self.step = step }

    public init(_ configuration: Configuration, in context: BuildContext) { step = StochasticStep(configuration) }

    public var isStochastic: Bool { step.form.isRandom || step.lastForm.isRandom }
    public var usesPath: Bool { true }

    public func begin(in context: SolverContext) -> SolverContext { context }

    public func advance(
        _ state: Tensor, over timeStep: TimeStep, memory: inout SolverContext,
        field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        let velocity = field(state, VelocityQuery(time: timeStep.start, step: timeStep))
        let end = step.end(
            of: timeStep, as: timeStep.isLast ? step.lastForm : step.form, from: state, along: velocity,
            score: memory.path.score(of: state, velocity: velocity, at: timeStep.start),
            noise: memory.noise(timeStep.index, like: state))
        return SolverStep(state: end, velocity: velocity)
    }
}
