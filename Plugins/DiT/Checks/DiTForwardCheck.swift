public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `dit_baseline_c2i`: the whole network, its last tokens as a map, and all gradients.
public struct DiTForwardCheck: GoldenCheck {
    public let kinds = ["dit_baseline_c2i"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let settings = try fixture.config
        let sample = try ClassToImageCase(fixture, on: device)
        var configuration = DiTConfiguration()
        configuration.patchSize = try settings.integer("patch_size")
        configuration.hiddenSize = try settings.integer("hidden_size")
        configuration.depth = try settings.integer("num_blocks")
        configuration.headCount = try settings.integer("num_groups")
        try configuration.validate()
        try DiT.validate(configuration, for: sample.model)
        let scope = Scope()
        let network = try DiT(configuration, in: BuildContext(model: sample.model, scope: scope))
        let store = try sample.weights(of: scope)
        let last = FeatureTap(enteringBlock: configuration.depth)
        let result = network.predict(
            sample.noisy, times: sample.times, condition: sample.condition, taps: [last], in: Pass(store))
        var outputs = ["out": result.raw]
        if let tokens = result.features[last], sample.stores("s_out") {
            outputs["s_out"] = try sample.map(of: tokens, as: "s_out")
        }
        return try sample.compare(outputs: outputs, weights: store)
    }
}
