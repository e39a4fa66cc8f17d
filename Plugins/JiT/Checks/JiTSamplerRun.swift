import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting

/// What all cases of a fixture with samplers share.
struct JiTSamplerRun {
    let fixture: GoldenFixture
    let network: JiT
    let pass: Pass
    /// The network for auto-guidance, if the fixture has one.
    let weaker: WeakerModel?
    let noise: Tensor
    let condition: SamplingCondition

    func results(of sampler: OfficialSampler, name: String) throws -> [GoldenResult] {
        let times = sampler.grid.times
        var results = [
            try fixture.compare(
                times.map { Double($0) }, shape: [times.count], with: "inputs.\(name).timesteps", bound: .absolute(2e-7)
            )
        ]
        guard case .adams(let order) = sampler.method else {
            return results + (try trajectory(sampler, sampler.solver, name))
        }
        let key = "outputs.\(name).solver_coeffs_exact"
        let width = try fixture.shape(of: key, expecting: [times.count - 1, nil])[1]
        results.append(
            try fixture.compare(
                sampler.adamsWeights(paddedTo: width), shape: [times.count - 1, width], with: key,
                bound: .absolute(1e-5)))
        let official = AdamsBashforthSolver(
            order: order, weights: .table(try officialWeights(name, times.count - 1)))
        results += try trajectory(sampler, official, name)
        return results + (try trajectory(sampler, sampler.solver, name, suffix: "_exact_coeffs"))
    }

    /// The official weights, computed in Float32: a row per step.
    private func officialWeights(_ name: String, _ stepCount: Int) throws -> [[Float]] {
        let key = "inputs.\(name).solver_coeffs"
        let width = try fixture.shape(of: key, expecting: [stepCount, nil])[1]
        guard width >= 4 else { throw fixture.malformed("\(key) has fewer than 4 columns") }
        let values = try fixture.floats(key)
        return (0..<stepCount).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    private func trajectory(
        _ sampler: OfficialSampler, _ solver: any Solver, _ name: String, suffix: String = ""
    ) throws -> [GoldenResult] {
        let target: any PredictionTarget
        switch sampler.prediction {
        case .image: target = CleanImageTarget()
        case .velocity: target = VelocityTarget()
        case .noise: target = NoiseTarget()
        }
        let diffusion = DiffusionSampler(
            backbone: network, target: target, solver: solver, guidance: sampler.guidance, grid: sampler.grid,
            reference: try reference(of: sampler))
        let result = try diffusion.sample(
            from: noise, condition: condition, in: pass, stepNoise: try stepNoise(of: sampler, name),
            trajectory: .kept)
        // The official list of velocities ends with zeros for the last state.
        let velocities = result.velocities + [Tensor.zeros(noise.shape, on: noise.device)]
        return [
            try fixture.compare(stacked(result.states), with: "outputs.\(name).x_traj\(suffix)"),
            try fixture.compare(stacked(velocities), with: "outputs.\(name).v_traj\(suffix)"),
        ]
    }

    private func reference(of sampler: OfficialSampler) throws -> GuidanceReference {
        guard sampler.isAutoGuided else { return .unconditional }
        guard let weaker else { throw fixture.malformed("weights.guide. is missing, the network for auto-guidance") }
        return .weaker(weaker)
    }

    /// The stored draws, in the order in which the official code used them.
    private func stepNoise(of sampler: OfficialSampler, _ name: String) throws -> StepNoise {
        let (count, position) = sampler.draws
        // One step that is the last uses no draw, though its solver might.
        guard count > 0 else { return .given([]) }
        let key = "inputs.\(name).step_noise"
        let stored = try fixture.tensor(key, shape: [nil] + noise.shape.dimensions.map { $0 }, on: noise.device)
        guard stored.shape[0] >= count else {
            throw fixture.malformed("\(key) has \(stored.shape[0]) draws, \(count) are needed")
        }
        return StepNoise { number, state in
            let draw = position(number)
            return stored.sliced(along: 0, draw..<draw + 1).reshaped(to: state.shape.dimensions)
        }
    }

    private func stacked(_ tensors: [Tensor]) -> Tensor {
        Tensor.concatenated(tensors.map { $0.reshaped(to: [1] + $0.shape.dimensions) }, along: 0)
    }
}
