public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kinds `dinov2_tiny` and `dinov2_vitb14_procedural`: prepared pictures, positions, features of any blocks and the
/// gradient of the last ones, for pictures of several sizes.
public struct DINOv2Check: GoldenCheck {
    public let kinds = ["dinov2_tiny", "dinov2_vitb14_procedural"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let arguments = try DINOv2Arguments(fixture.config)
        let scope = Scope()
        let encoder = DINOv2(scope, arguments.configuration)
        let store = try fixture.weights(of: scope, leaving: ["weights.mask_token"], on: device)
        let layers = try arguments.layers(fixture.config, "layers")
        let run = DINOv2Run(
            fixture: fixture, encoder: encoder, preparation: arguments.preparation, layers: layers, pass: Pass(store))
        return fixture.resultsByCase { try run.results($0) }
    }
}

/// One picture size.
private struct DINOv2Run {
    let fixture: GoldenFixture
    let encoder: DINOv2
    let preparation: DINOv2Preparation
    let layers: [Int]
    let pass: Pass

    func results(_ name: String) throws -> [GoldenResult] {
        let tape = Tape()
        let raw = tape.watch(
            try fixture.tensor("inputs.\(name).raw_image", shape: [nil, 3, nil, nil], on: pass.device))
        let side = encoder.configuration.patchSize
        let sides = [preparation.side(of: raw.shape[2]), preparation.side(of: raw.shape[3])]
        guard sides.allSatisfy({ $0 > 0 && $0 % side == 0 && $0 <= 8192 }) else {
            throw fixture.malformed("pictures of \(raw.shape) are no whole patches after resizing")
        }
        let prepared = preparation(raw)
        let features = encoder(prepared, layers: layers, pass)
        var results: [GoldenResult] = []
        for key in fixture.references(ofCase: name) where key.hasPrefix("outputs.") {
            guard let value = value(key.dropFirst("outputs.\(name).".count), prepared, features) else {
                results.append(.unsupported(key, "the quantity \(key)"))
                continue
            }
            results.append(try fixture.compare(value.detached(), with: key))
        }
        guard let last = layers.last.flatMap({ features.patches[$0] }), fixture.contains("grads.\(name).raw_image")
        else { return results }
        let seed = try fixture.tensor(
            "inputs.\(name).G", shape: last.shape.dimensions.map { $0 }, on: pass.device)
        let gradient = tape.gradients(of: last, seed: seed, withRespectTo: [raw])[0]
        return results + [
            try fixture.compare(
                gradient ?? Tensor.zeros(raw.shape, on: pass.device), with: "grads.\(name).raw_image")
        ]
    }

    private func value(_ name: Substring, _ prepared: Tensor, _ features: DINOv2.Features) -> Tensor? {
        let side = encoder.configuration.patchSize
        switch name {
        case "cls": return features.classToken
        case "resized_normalised": return prepared
        case "pos_embed_interpolated":
            return encoder.positionTable(rows: prepared.shape[2] / side, columns: prepared.shape[3] / side, pass)
        default:
            guard let match = name.wholeMatch(of: /layer(\d+)/), let layer = Int(match.1) else { return nil }
            return features.patches[layer]
        }
    }
}

/// The arguments of upstream's `DinoVisionTransformer` and of PixelGen's wrapper.
struct DINOv2Arguments {
    let configuration: DINOv2Configuration
    let preparation: DINOv2Preparation

    /// - Parameter basePatchSize: the wrapper's, if it is not among the settings.
    init(_ settings: FixtureSettings, basePatchSize: Int = 16) throws {
        var configuration = DINOv2Configuration()
        configuration.imageSize = try settings.integer("img_size", default: 518)
        configuration.patchSize = try settings.integer("patch_size", default: 14)
        configuration.width = try settings.integer("embed_dim")
        configuration.depth = try settings.integer("depth")
        configuration.headCount = try settings.integer("num_heads")
        configuration.mlpRatio = try settings.number("mlp_ratio", default: 4)
        configuration.registerCount = try settings.integer("num_register_tokens", default: 0)
        configuration.interpolationOffset = try settings.number("interpolate_offset", default: 0.1)
        configuration.interpolationAntialias = try settings.bool("interpolate_antialias", default: false)
        let layer = try settings.text("ffn_layer", default: "mlp")
        guard ["mlp", "swiglu", "swiglufused"].contains(layer) else {
            throw GoldenError.unsupported(reason: "the feed-forward layer \(layer)")
        }
        configuration.feedForward = layer == "mlp" ? .mlp : .swiGLU
        try configuration.validate()
        let base = try settings.integer("base_patch_size", default: basePatchSize)
        guard (1...256).contains(base) else { throw settings.malformed("base_patch_size", "is not 1 to 256") }
        self.configuration = configuration
        preparation = DINOv2Preparation(patchSize: configuration.patchSize, basePatchSize: base)
    }

    /// The blocks that a list names, at least one.
    func layers(_ settings: FixtureSettings, _ key: String) throws -> [Int] {
        let layers = try settings.list(key).map(\.integer)
        guard !layers.isEmpty, layers.allSatisfy({ $0.map { (0..<configuration.depth).contains($0) } ?? false }) else {
            throw settings.malformed(key, "is not a list of blocks from 0 to \(configuration.depth - 1)")
        }
        return layers.compactMap { $0 }
    }
}
