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
        let run = JiTSamplerRun(
            fixture: fixture, network: network, pass: Pass(store), weaker: try weaker(in: fixture, on: device),
            noise: noise,
            condition: SamplingCondition(
                wanted: try arguments.condition("inputs.condition", count: count, in: fixture, on: device),
                unconditional: try arguments.condition("inputs.uncondition", count: count, in: fixture, on: device)))
        let cases = try fixture.config.settings("cases")
        return fixture.resultsByCase { name in
            try run.results(of: OfficialSampler(cases.settings(name).settings("config")), name: name)
        }
    }

    /// The network for auto-guidance, if the fixture has one: `guide_net`, or `net` with as many blocks as are stored.
    private func weaker(in fixture: GoldenFixture, on device: any Device) throws -> WeakerModel? {
        let keys = fixture.names(prefix: "weights.guide.")
        guard !keys.isEmpty else { return nil }
        let config = try fixture.config
        var settings = try config.settings(config.contains("guide_net") ? "guide_net" : "net")
        if !config.contains("guide_net") {
            let blocks = Set(keys.compactMap { $0.split(separator: ".").dropFirst(3).first }.compactMap { Int($0) })
            var values = settings.values
            values["depth"] = .number(Double(blocks.count))
            settings = FixtureSettings(values, at: settings.place, in: settings.file)
        }
        let arguments = try JiTArguments(settings)
        let (network, scope) = try arguments.build(checking: "weights.guide.pos_embed", in: fixture)
        let store = try fixture.parameters(of: scope, prefix: "weights.guide.", on: device)
        return WeakerModel(backbone: network, pass: Pass(store))
    }
}
