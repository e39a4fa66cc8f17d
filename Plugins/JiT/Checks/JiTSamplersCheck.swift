public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kinds `samplers_jit` and `samplers_misc`: whole trajectories of the official samplers with a small JiT, one case
/// each.
public struct JiTSamplersCheck: GoldenCheck {
    public let kinds = ["samplers_jit", "samplers_misc"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let arguments = try JiTArguments(fixture.config.settings("net"))
        let (network, scope) = try arguments.build(checking: "weights.pos_embed", in: fixture)
        // Weights of a second, weaker network for auto-guidance stand beside those of the first.
        let store = try fixture.parameters(of: scope, prefix: "weights.", leaving: ["weights.guide."], on: device)
        let noise = try fixture.tensor("inputs.noise", shape: arguments.imageExtents, on: device)
        let count = noise.shape[0]
        let run = SamplerRun(
            fixture: fixture, network: network, pass: Pass(store), noise: noise,
            condition: SamplingCondition(
                wanted: try arguments.condition("inputs.condition", count: count, in: fixture, on: device),
                unconditional: try arguments.condition("inputs.uncondition", count: count, in: fixture, on: device)))
        let cases = try fixture.config.settings("cases")
        return fixture.resultsByCase { name in
            try run.results(of: OfficialSampler(cases.settings(name).settings("config")), name: name)
        }
    }
}

/// What all cases share.
private struct SamplerRun {
    let fixture: GoldenFixture
    let network: JiT
    let pass: Pass
    let noise: Tensor
    let condition: SamplingCondition

    func results(of sampler: OfficialSampler, name: String) throws -> [GoldenResult] {
        let times = sampler.grid.times
        var results = [
            try fixture.compare(
                times.map { Double($0) }, shape: [times.count], with: "inputs.\(name).timesteps", bound: .absolute(2e-7)
            )
        ]
        switch sampler.method {
        case .euler: results += try trajectory(sampler, EulerSolver(), name)
        case .heun(let evaluations): results += try trajectory(sampler, HeunSolver(evaluations), name)
        case .adams(let order):
            let key = "outputs.\(name).solver_coeffs_exact"
            let width = try fixture.shape(of: key, expecting: [times.count - 1, nil])[1]
            results.append(
                try fixture.compare(
                    sampler.adamsWeights(paddedTo: width), shape: [times.count - 1, width], with: key,
                    bound: .absolute(1e-5)))
            let official = AdamsBashforthSolver(
                order: order, weights: .table(try officialWeights(name, times.count - 1)))
            results += try trajectory(sampler, official, name)
            results += try trajectory(sampler, AdamsBashforthSolver(order: order), name, suffix: "_exact_coeffs")
        }
        return results
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
        _ sampler: OfficialSampler, _ solver: some Solver, _ name: String, suffix: String = ""
    ) throws -> [GoldenResult] {
        let target: any PredictionTarget
        switch sampler.prediction {
        case .image: target = CleanImageTarget()
        case .velocity: target = VelocityTarget()
        case .noise: target = NoiseTarget()
        }
        let diffusion = DiffusionSampler(
            backbone: network, target: target, solver: solver, guidance: sampler.guidance, grid: sampler.grid)
        let result = try diffusion.sample(from: noise, condition: condition, in: pass, trajectory: .kept)
        // The official list of velocities ends with zeros for the last state.
        let velocities = result.velocities + [Tensor.zeros(noise.shape, on: noise.device)]
        return [
            try fixture.compare(stacked(result.states), with: "outputs.\(name).x_traj\(suffix)"),
            try fixture.compare(stacked(velocities), with: "outputs.\(name).v_traj\(suffix)"),
        ]
    }

    private func stacked(_ tensors: [Tensor]) -> Tensor {
        Tensor.concatenated(tensors.map { $0.reshaped(to: [1] + $0.shape.dimensions) }, along: 0)
    }
}
