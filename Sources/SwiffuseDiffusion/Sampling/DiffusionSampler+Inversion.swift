public import SwiffuseNN
public import SwiffuseTensor

extension DiffusionSampler {
    /// Finds the noise that images come from, by following the velocity field backwards from t = 1 to t = 0.
    ///
    /// The grid is walked from its end. The field is never asked later than at the start of the grid's last step:
    /// at t = 1 a predicted image says nothing about the velocity. Sampling from the result with the same grid and
    /// guidance gives the images again, up to the error of the solvers; guidance magnifies that error.
    ///
    /// - Parameters:
    ///   - images: [B, C, H, W] in −1…1.
    ///   - condition: what they show.
    ///   - pass: the parameter values.
    ///   - solver: goes backwards; must neither add noise nor work with predicted images.
    ///   - progress: called after every step.
    /// - Returns: x at t = 0, [B, C, H, W]; standard normal as far as the model knows such images.
    /// - Throws: `SamplingError`.
    public func invert(
        _ images: Tensor, condition: SamplingCondition = .none, in pass: Pass, by solver: any Solver = HeunSolver(),
        progress: (SamplingProgress) -> Void = { _ in }
    ) throws(SamplingError) -> Tensor {
        guard !solver.isStochastic else { throw .notReversible(reason: "it adds noise") }
        guard !solver.usesPath else { throw .notReversible(reason: "it works with predicted images") }
        let field = GuidedField(sampler: self, condition: condition, pass: pass)
        return try retrace(field, from: images, by: solver, progress: progress)
    }

    private func retrace<S: Solver>(
        _ field: GuidedField, from images: Tensor, by solver: S, progress: (SamplingProgress) -> Void
    ) throws(SamplingError) -> Tensor {
        var memory = solver.begin(in: SolverContext(path: path))
        var state = images
        var evaluations = 0
        let steps = grid.steps
        let latest = steps.last?.start ?? 0
        for (done, step) in steps.reversed().enumerated() {
            state =
                solver.advance(state, over: step.reversed, memory: &memory) { state, query in
                    // Guidance is decided as on the way there.
                    let query = VelocityQuery(time: min(query.time, latest), step: step, interval: query.interval)
                    evaluations += field.evaluationCount(for: query)
                    return field(state, query)
                }.state
            if let failure = state.failure { throw .device(failure) }
            progress(SamplingProgress(completedSteps: done + 1, stepCount: steps.count, evaluations: evaluations))
        }
        return state
    }
}

extension TimeStep {
    /// The same step from its end to its start; still the one at the image if it was.
    fileprivate var reversed: TimeStep {
        TimeStep(index: index, count: count, start: end, end: start, accumulatedStart: end)
    }
}
