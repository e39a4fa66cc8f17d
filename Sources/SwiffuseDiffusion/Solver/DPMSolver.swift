public import SwiffuseTensor

/// DPM-Solver++(2M) (Lu et al., arXiv:2211.01095, algorithm 2): an exponential integrator over λ = ln(α / σ) for the
/// predicted image, with the one of the step before. One evaluation per step, order 2.
///
/// The first step, and the last, which ends at λ = ∞, are of order 1 and computed in closed form: the run starts at
/// pure noise and ends exactly at the image that the velocity points at, without a smallest σ.
///
/// Near pure noise a step is long in λ however many there are, so that from t = 0 the error falls like n⁻² log n.
///
/// ## Differences
/// A step is of order 1 also where the one before it started at λ = −∞: the second of a run from pure noise.
public struct DPMSolver: Solver, Component {
    public typealias Configuration = NoConfiguration

    /// The path, and the image predicted in the step before.
    public struct Memory: Sendable {
        fileprivate let path: any NoisePath
        fileprivate var last: (image: Tensor, logRatio: Double)?
    }

    public static let key = "dpm-solver-2m"
    public static let summary = "DPM-Solver++(2M): order 2, one evaluation per step"

    public init() {}

    public init(_ configuration: Configuration, in context: BuildContext) {}

    public var usesPath: Bool { true }

    public func begin(in context: SolverContext) -> Memory { Memory(path: context.path) }

    public func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Memory, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        let velocity = field(state, VelocityQuery(time: step.start, step: step))
        let image = memory.path.image(from: state, velocity: velocity, at: step.start)
        let plan = ExponentialStep(
            start: PathMoment(memory.path, at: step.start), end: PathMoment(memory.path, at: step.end))
        require(plan.start.sigma > 0, "DPM-Solver++", "a step cannot start at the image, where σ is 0")
        var weights = [(tensor: image, weight: plan.gain)]
        if let last = memory.last, last.logRatio.isFinite, !step.isLast {
            // D = (1 + 1 / 2r) x̂ − 1 / 2r x̂_before with r = h_before / h.
            let share = 0.5 * plan.width / (plan.start.logRatio - last.logRatio)
            weights = [(image, plan.gain * (1 + share)), (last.image, -plan.gain * share)]
        }
        memory.last = (image, plan.start.logRatio)
        let end = state.combined(factor: plan.stateFactor, with: weights)
        return SolverStep(movingFrom: state, to: end, over: step)
    }
}

extension SolverStep {
    /// A step whose velocity is the mean over its width.
    init(movingFrom old: Tensor, to new: Tensor, over step: TimeStep) {
        self.init(state: new, velocity: (new - old) * (1 / step.width))
    }
}
