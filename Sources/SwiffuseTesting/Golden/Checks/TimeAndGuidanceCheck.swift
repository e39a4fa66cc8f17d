public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// Kind `time_and_guidance`: time samplers, paths, loss weights, guidance and condition dropout on given draws.
public struct TimeAndGuidanceCheck: GoldenCheck {
    public let kinds = ["time_and_guidance"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let cases = TimeAndGuidanceCases(fixture: fixture, device: device)
        return fixture.references.map { key in
            do {
                return try cases.result(for: key)
            } catch {
                return GoldenFixture.results(of: error, for: [key])[0]
            }
        }
    }
}

private struct TimeAndGuidanceCases {
    let fixture: GoldenFixture
    let device: any Device

    func result(for key: String) throws -> GoldenResult {
        let name = String(key.dropFirst("outputs.".count))
        if let match = name.wholeMatch(of: /(lognorm|uniform|sampler_shift)_(\d+)\.t/), let index = Int(match.2) {
            return try list(times(String(match.1), index), key)
        }
        if let match = name.wholeMatch(of: /sched_(linear|gvp)\.(\w+)/) {
            return try list(pathValues(String(match.1), String(match.2)), key)
        }
        if let match = name.wholeMatch(of: /loss_weight\.(\w+)/) { return try list(lossWeights(String(match.1)), key) }
        if let match = name.wholeMatch(of: /sinusoid_(jit|dit)(\d+)/), let count = Int(match.2) {
            return try features(count, period: match.1 == "jit" ? 10_000 : 10, key)
        }
        if let match = name.wholeMatch(of: /guidance_simple\.(.+)/), let scale = Float(match.1) {
            return try guided(scale: scale, rescale: 0, key)
        }
        if let match = name.wholeMatch(of: /guidance_rescale(\d)(\d+)\.(.+)/), let scale = Float(match.3),
            let rescale = Float("\(match.1).\(match.2)")
        {
            return try guided(scale: scale, rescale: rescale, key)
        }
        if let match = name.wholeMatch(of: /guidance_c3\.(.+)/), let scale = Float(match.1) {
            return try guidedInColours(scale: scale, key)
        }
        if let match = name.wholeMatch(of: /dropout_([0-9.]+)\.labels_used/), let probability = Float(match.1) {
            return try droppedLabels("inputs.dropout_\(match.1)", probability, key)
        }
        if name == "dropout_text.features_used" { return try droppedFeatures(key) }
        throw GoldenError.unsupported(reason: "the quantity \(name)")
    }

    private func times(_ sampler: String, _ index: Int) throws -> [Float] {
        let variants = try fixture.config.list("lognorm")
        guard variants.indices.contains(index), let members = variants[index].members else {
            throw fixture.malformed("config.lognorm has no entry \(index)")
        }
        let settings = FixtureSettings(members, at: "config.lognorm.\(index)", in: fixture.description.path)
        let shift = try settings.number("timeshift", default: 1)
        switch sampler {
        case "lognorm":
            var configuration = LogitNormalTimes.Configuration()
            configuration.mean = try settings.number("P_mean")
            configuration.deviation = try settings.number("P_std")
            configuration.shift = shift
            return LogitNormalTimes(configuration).times(from: try fixture.floats("inputs.normal"))
        case "uniform":
            var configuration = UniformTimes.Configuration()
            configuration.shift = shift
            return UniformTimes(configuration).times(from: try fixture.floats("inputs.uniform"))
        default:
            return try fixture.floats("inputs.uniform").map { TimeShift(Float(shift))($0) }
        }
    }

    /// The times at which paths and loss weights are tabulated: logit-normal with JiT's numbers.
    private func tabulatedTimes() throws -> [Float] {
        LogitNormalTimes().times(from: try fixture.floats("inputs.normal"))
    }

    private func pathValues(_ path: String, _ quantity: String) throws -> [Float] {
        let path: any NoisePath = path == "linear" ? LinearPath() : TrigonometricPath(.official)
        let points = try tabulatedTimes().map { path.coefficients(at: $0) }
        switch quantity {
        case "alpha": return points.map(\.alpha)
        case "sigma": return points.map(\.sigma)
        case "dalpha": return points.map(\.alphaRate)
        case "dsigma": return points.map(\.sigmaRate)
        case "dsigma_mul_sigma": return points.map { $0.sigmaRate * $0.sigma }
        case "drift": return points.map(\.drift)
        case "diffuse": return points.map(\.diffusion)
        case "w": return points.map(\.churn)
        default: throw GoldenError.unsupported(reason: "the path quantity \(quantity)")
        }
    }

    private func lossWeights(_ name: String) throws -> [Float] {
        let spelling = name.split(separator: "_").joined(separator: "-")
        guard let weighting = LossWeighting(rawValue: spelling) else {
            throw GoldenError.unsupported(reason: "the loss weight \(name)")
        }
        return try tabulatedTimes().map { weighting(LinearPath().coefficients(at: $0)) }
    }

    private func features(_ count: Int, period: Double, _ key: String) throws -> GoldenResult {
        let time = try fixture.tensor("inputs.uniform", shape: [nil], on: device)
        try fixture.shape(of: key, expecting: [time.count, count])
        return try fixture.compare(
            TimestepEmbedding.features(of: time, count: count, maximumPeriod: period), with: key)
    }

    private func guided(scale: Float, rescale: Float, _ key: String) throws -> GoldenResult {
        let always = GuidanceInterval(low: 0, high: 1)
        return try guided(
            ClassifierFreeGuidance(scale: scale, interval: always, rescale: rescale),
            "inputs.guidance.out_uncond_then_cond", key)
    }

    private func guidedInColours(scale: Float, _ key: String) throws -> GoldenResult {
        let plain = ClassifierFreeGuidance(scale: scale, interval: GuidanceInterval(low: 0, high: 1))
        return try guided(ChannelGuidance(plain, channelCount: 3), "inputs.guidance.out4ch", key)
    }

    private func guided(_ guidance: some Guidance, _ input: String, _ key: String) throws -> GoldenResult {
        let both = try fixture.tensor(input, shape: [nil, nil, nil, nil], on: device)
        guard both.shape[0] % 2 == 0, both.shape[0] > 0 else { throw fixture.malformed("\(input) has no two halves") }
        let halves = both.chunked(into: 2, along: 0)
        return try fixture.compare(guidance.combine(conditional: halves[1], unconditional: halves[0]), with: key)
    }

    private func droppedLabels(_ input: String, _ probability: Float, _ key: String) throws -> GoldenResult {
        let dropout = ClassDropout(probability: probability, nullLabel: try fixture.config.integer("null_label"))
        let labels = try fixture.integers("\(input).labels", in: 0...Int(Int32.max))
        let kept = dropout.apply(to: labels, uniforms: try fixture.floats("\(input).uniform"))
        return try fixture.compare(kept.map { Double($0) }, shape: [kept.count], with: key, bound: .exact)
    }

    private func droppedFeatures(_ key: String) throws -> GoldenResult {
        let wanted = try fixture.tensor("inputs.dropout_text.cond", shape: [nil, nil, nil], on: device)
        let extents = wanted.shape.dimensions.map { Optional($0) }
        let null = try fixture.tensor("inputs.dropout_text.uncond", shape: extents, on: device)
        try fixture.shape(of: "inputs.dropout_text.uniform", expecting: [wanted.shape[0]])
        guard let probability = try fixture.config.list("null_condition_p").first?.number else {
            throw fixture.malformed("config.null_condition_p holds no number")
        }
        let dropout = FeatureDropout(probability: Float(probability))
        let kept = dropout.apply(
            to: wanted, null: null, uniforms: try fixture.floats("inputs.dropout_text.uniform"))
        return try fixture.compare(kept, with: key, bound: .exact)
    }

    private func list(_ values: [Float], _ key: String) throws -> GoldenResult {
        try fixture.compare(values.map { Double($0) }, shape: [values.count], with: key)
    }
}
