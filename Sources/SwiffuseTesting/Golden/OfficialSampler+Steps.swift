public import SwiffuseDiffusion

extension StochasticStep {
    /// The step functions `step_fn` and `last_step_fn`, and the schedule `w`.
    init(_ settings: FixtureSettings) throws(GoldenError) {
        self.init(
            try Self.form("step_fn", of: settings), last: try Self.form("last_step_fn", of: settings),
            churn: try Self.churn(settings))
    }

    /// Whether every step is the ODE's.
    var isPlain: Bool { form == .ode && lastForm == .ode }

    private static func form(_ key: String, of settings: FixtureSettings) throws(GoldenError) -> StepForm {
        switch try settings.text(key, default: "ode_step_fn") {
        case "ode_step_fn": return .ode
        case "sde_mean_step_fn": return .sdeMean
        case "sde_step_fn": return .sde
        case "sde_preserve_step_fn": return .sdePreserve
        case "sid2_step_fn": return .sid2
        case let other: throw .unsupported(reason: "the step function \(other)")
        }
    }

    /// The class `w`, by its name or as an object with `cls`. Without it w is 0 at all times.
    private static func churn(_ sampler: FixtureSettings) throws(GoldenError) -> ChurnSchedule {
        guard sampler.contains("w") else { return ChurnSchedule(.constant, factor: 0) }
        let isObject = sampler.values["w"]?.members != nil
        let settings = isObject ? try sampler.settings("w") : sampler
        switch try settings.text(isObject ? "cls" : "w") {
        case "LinearScheduler": return ChurnSchedule(.linear)
        case "ConstScheduler": return ChurnSchedule(.constant)
        case "GammaScheduler":
            // The default of the official class.
            return ChurnSchedule(.constant, factor: Float(try settings.number("gamma", default: 0.3)))
        case "GVPScheduler": return ChurnSchedule(.sine)
        case let other: throw .unsupported(reason: "the schedule \(other)")
        }
    }
}

extension OfficialSampler {
    /// The solver, with exact weights for Adams.
    public var solver: any Solver {
        switch method {
        case .euler: step.isPlain ? EulerSolver() : StochasticEulerSolver(step)
        case .heun(let evaluations):
            step.isPlain ? HeunSolver(evaluations) : StochasticHeunSolver(step, evaluations: evaluations)
        case .adams(let order): AdamsBashforthSolver(order: order)
        }
    }

    /// How many stored draws the official code has used up by the end, and the position of a solver's draw in them.
    ///
    /// The official code draws in order, and where only the last step is random, for that step alone; our solvers
    /// number their draws by step.
    public var draws: (count: Int, position: @Sendable (Int) -> Int) {
        let perStep: Int
        switch method {
        case .euler: perStep = 1
        case .heun: perStep = 2
        case .adams: perStep = 0
        }
        let stepCount = grid.times.count - 1
        switch (step.form.isRandom, step.lastForm.isRandom) {
        case (true, true): return (stepCount * perStep, { $0 })
        case (true, false): return ((stepCount - 1) * perStep, { $0 })
        case (false, true): return (1, { _ in 0 })
        case (false, false): return (0, { $0 })
        }
    }
}
