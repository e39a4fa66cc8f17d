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

    public init(
        backbone: any Backbone, target: any PredictionTarget = CleanImageTarget(), path: any NoisePath = LinearPath(),
        solver: any Solver = HeunSolver(), guidance: any Guidance = NoGuidance(), grid: TimeGrid
    ) {
        self.backbone = backbone
        self.target = target
        self.path = path
        self.solver = solver
        self.guidance = guidance
        self.grid = grid
    }

    /// Draws a batch.
    ///
    /// - Parameters:
    ///   - noise: x at t = 0, [B, C, H, W]; see `noise(seeds:image:scale:on:)`.
    ///   - condition: what to draw.
    ///   - pass: the parameter values to draw with.
    ///   - trajectory: whether to keep what lies between.
    ///   - progress: called after every step.
    /// - Throws: `DeviceError` as soon as a step is known to have failed.
    public func sample(
        from noise: Tensor, condition: SamplingCondition = .none, in pass: Pass,
        trajectory: SamplingResult.Trajectory = .discarded, progress: (SamplingProgress) -> Void = { _ in }
    ) throws(DeviceError) -> SamplingResult {
        let field = GuidedField(sampler: self, condition: condition, pass: pass)
        return try follow(field, from: noise, by: solver, trajectory: trajectory, progress: progress)
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
        _ field: GuidedField, from noise: Tensor, by solver: S, trajectory: SamplingResult.Trajectory,
        progress: (SamplingProgress) -> Void
    ) throws(DeviceError) -> SamplingResult {
        var memory = solver.begin()
        var state = noise
        var states = trajectory == .kept ? [noise] : []
        var velocities: [Tensor] = []
        var evaluations = 0
        for step in grid.steps {
            let result = solver.advance(state, over: step, memory: &memory) { state, query in
                evaluations += field.evaluationCount(for: query)
                return field(state, query)
            }
            state = result.state
            if let failure = state.failure { throw failure }
            if trajectory == .kept {
                states.append(state)
                velocities.append(result.velocity)
            }
            progress(
                SamplingProgress(completedSteps: step.index + 1, stepCount: step.count, evaluations: evaluations))
        }
        return SamplingResult(images: state, states: states, velocities: velocities)
    }
}

/// The velocity field of a network under guidance.
private struct GuidedField {
    let sampler: DiffusionSampler
    let condition: SamplingCondition
    let pass: Pass

    /// The guided velocity of a batch of states [B, C, H, W].
    func callAsFunction(_ state: Tensor, _ query: VelocityQuery) -> Tensor {
        switch evaluations(for: query) {
        case .conditional: return velocity(of: state, at: query.time, condition.wanted)
        case .unconditional: return velocity(of: state, at: query.time, condition.unconditional)
        case .both:
            let doubled = Tensor.concatenated([state, state], along: 0)
            let both = velocity(of: doubled, at: query.time, condition.unconditional.followed(by: condition.wanted))
            let halves = both.chunked(into: 2, along: 0)
            return sampler.guidance.combine(conditional: halves[1], unconditional: halves[0])
        }
    }

    func evaluationCount(for query: VelocityQuery) -> Int { evaluations(for: query) == .both ? 2 : 1 }

    private func evaluations(for query: VelocityQuery) -> GuidanceEvaluations {
        condition.isGuidable ? sampler.guidance.evaluations(for: query) : .conditional
    }

    private func velocity(of state: Tensor, at time: Float, _ condition: Condition) -> Tensor {
        let count = state.shape[0]
        let times = Tensor.filled(time, shape: [count], on: state.device)
        let raw = sampler.backbone.predict(state, times: times, condition: condition, in: pass)
        return sampler.target.velocity(
            from: raw, noisy: state, times: [Float](repeating: time, count: count), along: sampler.path, for: .sampling)
    }
}
