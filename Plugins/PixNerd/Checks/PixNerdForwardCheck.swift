public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `pixnerd_c2i`: the whole network and all gradients.
public struct PixNerdForwardCheck: GoldenCheck {
    public let kinds = ["pixnerd_c2i"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let sample = try ClassToImageCase(fixture, on: device)
        let configuration = try configuration(try fixture.config)
        try PixNerd.validate(configuration, for: sample.model)
        let scope = Scope()
        let network = try PixNerd(configuration, in: BuildContext(model: sample.model, scope: scope))
        let store = try sample.weights(of: scope)
        let raw = network.predict(
            sample.noisy, times: sample.times, condition: sample.condition, in: Pass(store))
        return try sample.compare(outputs: ["out": raw], weights: store)
    }

    /// The arguments of the official `PixNerDiT` class of PixNerd.
    private func configuration(_ settings: FixtureSettings) throws -> PixNerdConfiguration {
        var configuration = PixNerdConfiguration()
        configuration.patchSize = try settings.integer("patch_size")
        configuration.hiddenSize = try settings.integer("hidden_size")
        configuration.headCount = try settings.integer("num_groups")
        configuration.depth = try settings.integer("num_cond_blocks")
        let (blocks, limit) = (try settings.integer("num_blocks"), 4096)
        guard (0...limit).contains(blocks), (0...limit).contains(configuration.depth) else {
            throw settings.malformed("num_blocks", "or num_cond_blocks is not 0 to \(limit)")
        }
        configuration.fieldDepth = blocks - configuration.depth
        configuration.fieldWidth = try settings.integer("hidden_size_x")
        configuration.fieldRatio = try settings.integer("nerf_mlpratio", default: 4)
        try configuration.validate()
        return configuration
    }
}
