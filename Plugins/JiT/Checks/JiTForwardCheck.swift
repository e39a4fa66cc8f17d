public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kinds `jit_c2i` and `jit_dropout`: the whole network, its inner features and all gradients, without and with dropout
/// masks.
public struct JiTForwardCheck: GoldenCheck {
    public let kinds = ["jit_c2i", "jit_dropout"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let arguments = try JiTArguments(fixture.config)
        let (network, scope) = try arguments.build(checking: "weights.pos_embed", in: fixture)
        let sample = GoldenCase(fixture, on: device)
        let x = try sample.input("x", shape: arguments.imageExtents)
        let time = try sample.input("t", shape: [x.shape[0]])
        let condition = try arguments.condition("inputs.y", count: x.shape[0], in: fixture, on: device)
        let store = try sample.weights(of: scope)
        let dropout = try masks(for: arguments.configuration, batch: x.shape[0], in: fixture, on: device)
        let taps = try features(of: fixture, depth: arguments.configuration.depth)
        let result = network.predict(
            x, times: time, condition: condition, taps: taps.map(\.tap), in: Pass(store, dropout: dropout))
        var outputs = ["out": result.raw]
        for (name, tap) in taps { outputs[name] = result.features[tap] }
        if fixture.contains("outputs.loss") {
            let cotangent = try fixture.tensor("inputs.G", shape: result.raw.shape.dimensions.map { $0 }, on: device)
            outputs["loss"] = (result.raw.detached() * cotangent).sum()
        }
        return try sample.compare(outputs: outputs, weights: store, inputs: ["x": x, "t": time])
    }

    /// The features that the fixture holds: `feat_return_layer_k` are the tokens that enter block k, `last` those that
    /// leave the last.
    private func features(of fixture: GoldenFixture, depth: Int) throws -> [(name: String, tap: FeatureTap)] {
        var taps: [(name: String, tap: FeatureTap)] = []
        for key in fixture.names(prefix: "outputs.") {
            let name = String(key.dropFirst("outputs.".count))
            if name == "last" { taps.append((name, FeatureTap(enteringBlock: depth))) }
            guard let match = name.wholeMatch(of: /feat_return_layer_(\d+)/), let block = Int(match.1) else { continue }
            guard block < depth else { throw fixture.malformed("\(key) is behind the last of \(depth) blocks") }
            taps.append((name, FeatureTap(enteringBlock: block)))
        }
        return taps
    }

    /// The keep masks of every place where this configuration drops values out; off for the other kind.
    private func masks(
        for configuration: JiTConfiguration, batch: Int, in fixture: GoldenFixture, on device: any Device
    ) throws -> Dropout {
        guard fixture.kind == "jit_dropout" else { return .off }
        var masks: [String: Tensor] = [:]
        guard configuration.projectionDropout > 0 else { return .masks(masks) }
        for block in 0..<configuration.depth where configuration.dropsOut(inBlock: block) {
            let widths = [
                "attn.proj_drop": configuration.hiddenSize, "mlp.ffn_dropout": configuration.feedForwardWidth,
            ]
            let tokens = tokenCount(entering: block, configuration, in: fixture)
            for (place, width) in widths {
                let site = "blocks.\(block).\(place)"
                masks[site] = try fixture.tensor("inputs.mask.\(site)", shape: [batch, tokens, width], on: device)
            }
        }
        let known = Set(masks.keys.map { "inputs.mask.\($0)" })
        if let surplus = fixture.names(prefix: "inputs.mask.").first(where: { !known.contains($0) }) {
            throw fixture.malformed("\(surplus) is a mask for a place without dropout")
        }
        return .masks(masks)
    }

    private func tokenCount(entering block: Int, _ configuration: JiTConfiguration, in fixture: GoldenFixture) -> Int? {
        guard let positions = try? fixture.shape(of: "weights.pos_embed") else { return nil }
        return positions[1] + (block >= configuration.inContextStart ? configuration.inContextLength : 0)
    }
}
