public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `layers`: JiT's own building blocks, one case each.
public struct JiTLayersCheck: GoldenCheck {
    public let kinds = ["layers"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        return fixture.resultsByCase { name in
            let layer = JiTLayerCase(sample: GoldenCase(fixture, name: name, on: device), config: config)
            switch name {
            case "attention_jit": return try layer.attention()
            case "block_jit": return try layer.block()
            case "final_jit": return try layer.final()
            case "patch_embed_plain", "patch_embed_bottleneck": return try layer.patchEmbedding()
            case "unpatchify_jit": return try layer.unpatchify()
            default: throw GoldenError.unsupported(reason: "the layer \(name)")
            }
        }
    }
}

private struct JiTLayerCase {
    let sample: GoldenCase
    let config: FixtureSettings

    func attention() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil, nil, nil])
        let heads = try headCount(for: x.shape[2])
        let scope = Scope()
        let layer = JiTAttention(scope, width: x.shape[2], headCount: heads, dropoutRate: 0)
        let store = try sample.weights(of: scope)
        let rotation = try rotation(headSize: x.shape[2] / heads, tokens: x.shape[1])
        return try sample.compare(
            outputs: ["out": layer(x, rotation: rotation, Pass(store))], weights: store, inputs: ["x": x])
    }

    func block() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil, nil, nil])
        let condition = try sample.input("c", shape: [x.shape[0], x.shape[2]])
        var configuration = JiTConfiguration()
        configuration.hiddenSize = x.shape[2]
        configuration.headCount = try headCount(for: x.shape[2])
        let output = try sample.fixture.shape(of: sample.key("weights", "mlp.w3.weight"), expecting: [x.shape[2], nil])
        configuration.mlpRatio = ratio(forFeedForwardWidth: output[1], width: x.shape[2])
        let scope = Scope()
        let layer = JiTBlock(scope, configuration: configuration, dropoutRate: 0)
        let store = try sample.weights(of: scope)
        let rotation = try rotation(headSize: x.shape[2] / configuration.headCount, tokens: x.shape[1])
        let out = layer(x, condition: condition.silu(), rotation: rotation, Pass(store))
        return try sample.compare(outputs: ["out": out], weights: store, inputs: ["x": x, "c": condition])
    }

    func final() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil, nil, nil])
        let condition = try sample.input("c", shape: [x.shape[0], x.shape[2]])
        let weight = try sample.fixture.shape(of: sample.key("weights", "linear.weight"), expecting: [nil, x.shape[2]])
        let scope = Scope()
        let layer = JiTFinalLayer(scope, width: x.shape[2], patchValues: weight[0])
        let store = try sample.weights(of: scope)
        // Patches of one pixel in one row: the image is the tokens, channels before positions.
        let image = layer(
            x, condition: condition.silu(), patchSize: 1, rows: 1, columns: x.shape[1], Pass(store))
        let out = image.reshaped(to: x.shape[0], weight[0], x.shape[1]).transposed()
        return try sample.compare(outputs: ["out": out], weights: store, inputs: ["x": x, "c": condition])
    }

    func patchEmbedding() throws -> [GoldenResult] {
        let image = try sample.input("x", shape: [nil, nil, nil, nil])
        let first = try sample.fixture.shape(
            of: sample.key("weights", "proj1.weight"), expecting: [nil, image.shape[1], nil, nil])
        var configuration = JiTConfiguration()
        configuration.patchSize = first[2]
        configuration.bottleneckSize = 0
        configuration.hiddenSize = first[0]
        let second = sample.key("weights", "proj2.weight")
        if sample.fixture.contains(second) {
            configuration.bottleneckSize = first[0]
            configuration.hiddenSize = try sample.fixture.shape(of: second, expecting: [nil, first[0], 1, 1])[0]
        }
        guard first[2] > 0, first[3] == first[2], image.shape[2] % first[2] == 0, image.shape[3] % first[2] == 0 else {
            throw sample.fixture.malformed("patches of \(first[2]) by \(first[3]) do not tile \(image.shape)")
        }
        let scope = Scope()
        let layer = JiTPatchEmbedding(scope, channels: image.shape[1], configuration: configuration)
        let store = try sample.weights(of: scope)
        return try sample.compare(
            outputs: ["out": layer(image, Pass(store))], weights: store, inputs: ["x": image])
    }

    func unpatchify() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil, nil, nil])
        let out = try sample.fixture.shape(of: sample.key("outputs", "out"), expecting: [x.shape[0], nil, nil, nil])
        let patch = try config.integer("patch")
        guard patch > 0, out[2] % patch == 0, out[3] % patch == 0,
            x.shape[1] == (out[2] / patch) * (out[3] / patch), x.shape[2] == patch * patch * out[1]
        else { throw sample.fixture.malformed("tokens \(x.shape) do not make images \(out) with patches of \(patch)") }
        let image = x.unpatchified(
            JiTFinalLayer.layout(patchSize: patch), rows: out[2] / patch, columns: out[3] / patch)
        return try sample.compare(outputs: ["out": image], inputs: ["x": x])
    }

    private func headCount(for width: Int) throws -> Int {
        let heads = try config.integer("heads")
        guard heads > 0, width % (4 * heads) == 0 else {
            throw config.malformed("heads", "does not cut \(width) into heads divisible by 4")
        }
        return heads
    }

    /// The tables for `cls` context tokens and a square grid of `grid` patches a side.
    private func rotation(headSize: Int, tokens: Int) throws -> (cos: Tensor, sin: Tensor) {
        let (grid, context) = (try config.integer("grid"), try config.integer("cls"))
        guard (1...4096).contains(grid), context >= 0, context + grid * grid == tokens else {
            throw sample.fixture.malformed("\(sample.name): \(tokens) tokens are not cls \(context) + grid \(grid)²")
        }
        return RotaryTable(headSize: headSize, rows: grid, columns: grid, contextCount: context)
            .tensors(on: sample.device)
    }

    /// A ratio that gives a hidden width F = ⌊2/3 ⌊D · ratio⌋⌋; the layers' configuration does not say which was used.
    private func ratio(forFeedForwardWidth hidden: Int, width: Int) -> Double {
        let full = (3 * hidden + 1) / 2
        // A quarter more keeps rounding from falling below the whole number.
        return (Double(full) + 0.25) / Double(max(width, 1))
    }
}
