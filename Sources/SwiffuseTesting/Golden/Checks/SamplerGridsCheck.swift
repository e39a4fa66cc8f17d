public import SwiffuseDiffusion
public import SwiffuseTensor

/// Kind `sampler_grids`: times, guided steps and Adams weights of sampler configurations, one case each.
///
/// The bounds are those that the kind states in words: times within 2·10⁻⁷, guided flags exactly, weights within 10⁻⁵;
/// the official
/// weights in Float32 are for information.
public struct SamplerGridsCheck: GoldenCheck {
    public let kinds = ["sampler_grids"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        return fixture.resultsByCase { name in
            let sampler = try OfficialSampler(config.settings(name))
            return try fixture.references(ofCase: name).map { key in
                try compare(key, quantity: String(key.dropFirst("outputs.\(name).".count)), of: sampler, in: fixture)
            }
        }
    }

    private func compare(
        _ key: String, quantity: String, of sampler: OfficialSampler, in fixture: GoldenFixture
    ) throws -> GoldenResult {
        let steps = sampler.grid.steps
        switch quantity {
        case "timesteps": return try list(sampler.grid.times, key, .absolute(2e-7), fixture)
        case "timedeltas": return try list(steps.map(\.width), key, .absolute(2e-7), fixture)
        case "t_accumulated": return try list(steps.map(\.accumulatedStart), key, .absolute(2e-7), fixture)
        case "guided":
            let flags = steps.map { sampler.isGuided(at: $0) ? 1 as Float : 0 }
            return try list(flags, key, .exact, fixture)
        case "solver_coeffs_exact":
            let width = try fixture.shape(of: key).last ?? 0
            let weights = try sampler.adamsWeights(paddedTo: width)
            return try fixture.compare(weights, shape: [steps.count, width], with: key, bound: .absolute(1e-5))
        case "solver_coeffs_official_f32": return GoldenResult(tensor: key, verdict: .informative)
        default: return .unsupported(key, "the quantity \(quantity)")
        }
    }

    private func list(
        _ values: [Float], _ key: String, _ bound: GoldenBound, _ fixture: GoldenFixture
    ) throws -> GoldenResult {
        try fixture.compare(values.map { Double($0) }, shape: [values.count], with: key, bound: bound)
    }
}

extension OfficialSampler {
    /// Whether the network is asked for both halves at a step, whatever the scale.
    public func isGuided(at step: TimeStep) -> Bool {
        let ends: VelocityQuery.IntervalEnds
        switch method {
        case .euler, .heun: ends = .throughHigh
        case .adams: ends = .belowHigh
        }
        return guidance.interval.contains(VelocityQuery(time: step.start, step: step, interval: ends))
    }

    /// Exact Adams weights, a row per step, oldest velocity first, filled up with zeros.
    public func adamsWeights(paddedTo width: Int) throws(GoldenError) -> [Double] {
        guard case .adams(let order) = method, width >= order else {
            throw .unsupported(reason: "Adams weights of another method, or of a higher order than stored")
        }
        return grid.steps.flatMap { step in
            let first = max(0, step.index + 1 - order)
            let weights = AdamsCoefficients.weights(times: Array(grid.times[first...step.index]), end: step.end)
            return weights + [Double](repeating: 0, count: width - weights.count)
        }
    }
}
