public import SwiffuseNN
public import SwiffuseTensor

/// Draws pictures: follows the velocity field of a network from noise at t = 0 to images at t = 1.
public struct DiffusionSampler: Sendable {
    public let backbone: any Backbone
    public let target: any PredictionTarget
    public let path: any NoisePath
    public let solver: any Solver
    public let guidance: any Guidance
    public let grid: TimeGrid
    /// What guidance draws away from.
    public let reference: GuidanceReference

    public init(
        backbone: any Backbone, target: any PredictionTarget = CleanImageTarget(), path: any NoisePath = LinearPath(),
        solver: any Solver = HeunSolver(), guidance: any Guidance = NoGuidance(), grid: TimeGrid,
        reference: GuidanceReference = .unconditional
    ) {
        self.backbone = backbone
        self.target = target
        self.path = path
        self.solver = solver
        self.guidance = guidance
        self.grid = grid
        self.reference = reference
    }

    /// Draws a batch.
    ///
    /// - Parameters:
    ///   - noise: x at t = 0, [B, C, H, W]; see `noise(seeds:image:scale:on:)`.
    ///   - condition: what to draw.
    ///   - pass: the parameter values to draw with.
    ///   - stepNoise: what stochastic solvers add; the others need none.
    ///   - trajectory: whether to keep what lies between.
    ///   - progress: called after every step.
    /// - Throws: `SamplingError`, as soon as a step is known to have failed.
    public func sample(
        from noise: Tensor, condition: SamplingCondition = .none, in pass: Pass, stepNoise: StepNoise = .none,
        trajectory: SamplingResult.Trajectory = .discarded, progress: (SamplingProgress) -> Void = { _ in }
    ) throws(SamplingError) -> SamplingResult {
        let request = SamplingRequest(
            noise: noise, condition: condition, stepNoise: stepNoise, trajectory: trajectory)
        return try sample(request, in: pass, progress: progress)
    }

    /// Draws a batch that may start from images or keep parts of them.
    ///
    /// - Parameters:
    ///   - pass: the parameter values to draw with.
    ///   - progress: called after every step.
    /// - Throws: `SamplingError`, as soon as a step is known to have failed.
    public func sample(
        _ request: SamplingRequest, in pass: Pass, progress: (SamplingProgress) -> Void = { _ in }
    ) throws(SamplingError) -> SamplingResult {
        guard !solver.isStochastic || !request.stepNoise.isNone else { throw .noStepNoise }
        let field = GuidedField(sampler: self, condition: request.condition, pass: pass)
        return try follow(field, request, by: solver, progress: progress)
    }

    /// Standard normal noise, [B, C, H, W]: each picture from its own seed, so that it does not depend on its batch.
    public static func noise(
        seeds: [UInt64], image: ImageSpec, scale: Float = 1, on device: any Device
    ) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(seeds.count * image.valueCount)
        for seed in seeds {
            var random = Philox(seed: seed)
            values += random.normals(image.valueCount).map { $0 * scale }
        }
        return Tensor(values, shape: [seeds.count, image.channels, image.height, image.width], on: device)
    }

    private func follow<S: Solver>(
        _ field: GuidedField, _ request: SamplingRequest, by solver: S, progress: (SamplingProgress) -> Void
    ) throws(SamplingError) -> SamplingResult {
        var memory = solver.begin(in: SolverContext(path: path, noise: request.stepNoise))
        var state = request.start.state(from: request.noise, along: path)
        var states = request.trajectory == .kept ? [state] : []
        var velocities: [Tensor] = []
        var evaluations = 0
        for step in grid.starting(at: request.start.time).steps {
            let result = solver.advance(state, over: step, memory: &memory) { state, query in
                evaluations += field.evaluationCount(for: query)
                return field(state, query)
            }
            state = request.known.imposed(on: result.state, after: step, noise: request.noise, path: path)
            if let failure = state.failure { throw .device(failure) }
            if request.trajectory == .kept {
                states.append(state)
                velocities.append(result.velocity)
            }
            progress(
                SamplingProgress(completedSteps: step.index + 1, stepCount: step.count, evaluations: evaluations))
        }
        return SamplingResult(images: state, states: states, velocities: velocities)
    }
}
