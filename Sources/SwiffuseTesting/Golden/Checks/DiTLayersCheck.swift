public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// Kind `layers`: the building blocks that DiT, DeCo and PixNerd share, one case each.
public struct DiTLayersCheck: GoldenCheck {
    public let kinds = ["layers"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        return fixture.resultsByCase { name in
            try DiTLayerCase(sample: GoldenCase(fixture, name: name, on: device), config: config).results()
        }
    }
}

private struct DiTLayerCase {
    let sample: GoldenCase
    let config: FixtureSettings

    func results() throws -> [GoldenResult] {
        switch sample.name {
        case "attention_dit_nomask", "attention_dit_boolmask": return try attention()
        case "feedforward_dit": return try feedForward()
        case "rope_apply_dit_BNHD": return try rotation(.fixed(16), tokenAxis: 1)
        case "rope_apply_ex2d_BHND": return try rotation(.otherSide, tokenAxis: 2)
        default: break
        }
        if let match = sample.name.wholeMatch(of: /rope_(dit|ex2d)_hd(\d+)_(\d+)x(\d+)/), let size = Int(match.2),
            let rows = Int(match.3), let columns = Int(match.4)
        {
            let span: RotaryTable.Span = match.1 == "dit" ? .fixed(16) : .otherSide
            return try table(headSize: size, rows: rows, columns: columns, span: span)
        }
        throw GoldenError.unsupported(reason: "the layer \(sample.name)")
    }

    private func attention() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil, nil, nil])
        let (tokens, width) = (x.shape[1], x.shape[2])
        let heads = try config.integer("heads")
        guard heads > 0, width % (4 * heads) == 0 else {
            throw config.malformed("heads", "does not cut \(width) into heads divisible by 4")
        }
        let scope = Scope()
        let layer = DiTBlock.attention(scope, width: width, headCount: heads)
        let store = try sample.weights(of: scope)
        let rotation = try squareTable(headSize: width / heads, tokens: tokens, .fixed(16)).tensors(on: sample.device)
        let mask = sample.key("inputs", "mask")
        let out: Tensor
        if sample.fixture.contains(mask) {
            let allowed = try sample.fixture.tensor(mask, shape: [tokens, tokens], on: sample.device)
            out = layer.masked(x, allowing: allowed, rotation: rotation, Pass(store))
        } else {
            out = layer(x, rotation: rotation, Pass(store))
        }
        return try sample.compare(outputs: ["out": out], weights: store, inputs: ["x": x])
    }

    private func feedForward() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil, nil, nil])
        let weight = try sample.fixture.shape(of: sample.key("weights", "w1.weight"), expecting: [nil, x.shape[2]])
        let scope = Scope()
        let layer = GatedFeedForward(scope, width: x.shape[2], hidden: weight[0])
        let store = try sample.weights(of: scope)
        return try sample.compare(outputs: ["out": layer(x, Pass(store))], weights: store, inputs: ["x": x])
    }

    /// Rotation of q and k with four axes, of which one counts tokens and the last values of a head.
    private func rotation(_ span: RotaryTable.Span, tokenAxis: Int) throws -> [GoldenResult] {
        let q = try sample.input("q", shape: [nil, nil, nil, nil])
        let k = try sample.input("k", shape: q.shape.dimensions.map { $0 })
        let table = try squareTable(headSize: q.shape[3], tokens: q.shape[tokenAxis], span).tensors(on: sample.device)
        var extents = [1, 1, 1, q.shape[3]]
        extents[tokenAxis] = q.shape[tokenAxis]
        let (cosines, sines) = (table.cos.reshaped(to: extents), table.sin.reshaped(to: extents))
        return try sample.compare(
            outputs: ["out": q.rotated(cos: cosines, sin: sines), "k_out": k.rotated(cos: cosines, sin: sines)],
            inputs: ["q": q, "k": k])
    }

    private func squareTable(headSize: Int, tokens: Int, _ span: RotaryTable.Span) throws -> RotaryTable {
        let grid = try config.integer("grid")
        guard headSize % 4 == 0, (1...4096).contains(grid), grid * grid == tokens else {
            throw sample.fixture.malformed("\(sample.name): \(tokens) tokens are not the square of grid \(grid)")
        }
        return RotaryTable(interleaving: headSize, rows: grid, columns: grid, span: span)
    }

    /// The official table holds each pair of values once.
    private func table(headSize: Int, rows: Int, columns: Int, span: RotaryTable.Span) throws -> [GoldenResult] {
        let keys = ["cos", "sin"].map { sample.key("outputs", $0) }
        guard headSize % 4 == 0, max(headSize, rows, columns) <= 4096 else {
            throw GoldenError.unsupported(reason: "rotary tables of this size")
        }
        let shape: Shape = [rows * columns, headSize / 2]
        for key in keys { try sample.fixture.shape(of: key, expecting: shape.dimensions.map { $0 }) }
        let table = RotaryTable(interleaving: headSize, rows: rows, columns: columns, span: span)
        return try zip(keys, [table.cosines, table.sines]).map { key, values in
            let pairs = stride(from: 0, to: values.count, by: 2).map { Double(values[$0]) }
            return try sample.fixture.compare(pairs, shape: shape, with: key)
        }
    }
}
