public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `deco_c2i`: the whole network, its semantic vectors as a map, and all gradients.
public struct DeCoForwardCheck: GoldenCheck {
    public let kinds = ["deco_c2i"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let sample = try ClassToImageCase(fixture, on: device)
        let configuration = try DeCoArguments(try fixture.config, model: sample.model).configuration
        let scope = Scope()
        let network = try DeCo(configuration, in: BuildContext(model: sample.model, scope: scope))
        let store = try sample.weights(of: scope)
        let result = network.decode(
            sample.noisy, times: sample.times, condition: sample.condition, taps: [], in: Pass(store))
        var outputs = ["out": result.output.raw]
        if sample.stores("s_out") { outputs["s_out"] = try sample.map(of: result.semantic, as: "s_out") }
        return try sample.compare(outputs: outputs, weights: store)
    }
}
