public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor

/// Kind `layers`: the building blocks of the library, one case each; plugins check their own in the same fixtures.
public struct LayersCheck: GoldenCheck {
    public let kinds = ["layers"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        return fixture.resultsByCase { name in
            try LayerCase(GoldenCase(fixture, name: name, on: device), config: config).results()
        }
    }
}

private struct LayerCase {
    let sample: GoldenCase
    let config: FixtureSettings

    init(_ sample: GoldenCase, config: FixtureSettings) {
        self.sample = sample
        self.config = config
    }

    func results() throws -> [GoldenResult] {
        switch sample.name {
        case "activations": return try activations()
        case "layernorm_noaffine": return try layerNorm()
        case "rmsnorm", "rmsnorm_tiny_input": return try rmsNorm()
        case "rope_apply_jit": return try rotation()
        case "swiglu_jit": return try swiGLU(.zeros)
        case "swiglu_t2i": return try swiGLU(.none)
        case "timestep_sin_jit": return try timeFeatures(period: 10_000)
        case "timestep_sin_dit": return try timeFeatures(period: 10)
        case "timestep_mlp_jit": return try timestep(period: 10_000)
        case "timestep_mlp_dit": return try timestep(period: 10)
        case "unfold_fold": return try patches()
        default: break
        }
        if let match = sample.name.wholeMatch(of: /rope_jit_hd(\d+)_g(\d+)_cls(\d+)/),
            let size = Int(match.1), let grid = Int(match.2), let context = Int(match.3)
        {
            return try rotaryTable(headSize: size, grid: grid, contextCount: context)
        }
        if let match = sample.name.wholeMatch(of: /sincos_d(\d+)_g(\d+)/), let width = Int(match.1),
            let grid = Int(match.2)
        {
            return try positionTable(width: width, grid: grid)
        }
        throw GoldenError.unsupported(reason: "the layer \(sample.name)")
    }

    private func activations() throws -> [GoldenResult] {
        let x = try sample.input("x", shape: [nil])
        return try sample.fixture.references(ofCase: sample.name).map { key in
            switch key.split(separator: ".").last {
            case "sigmoid": try sample.fixture.compare(x.sigmoid(), with: key)
            case "silu": try sample.fixture.compare(x.silu(), with: key)
            case "gelu_erf": try sample.fixture.compare(x.gelu(), with: key)
            case "softmax": try sample.fixture.compare(x.softmax(), with: key)
            default: .unsupported(key, "the activation \(key)")
            }
        }
    }

    private func layerNorm() throws -> [GoldenResult] {
        let x = try tokens()
        return try sample.compare(outputs: ["out": LayerNorm()(x)], inputs: ["x": x])
    }

    private func rmsNorm() throws -> [GoldenResult] {
        let x = try tokens()
        let scope = Scope()
        let norm = RMSNorm(scope, width: x.shape.last)
        let store = try sample.weights(of: scope)
        return try sample.compare(outputs: ["out": norm(x, Pass(store))], weights: store, inputs: ["x": x])
    }

    private func rotation() throws -> [GoldenResult] {
        let q = try sample.input("q", shape: [nil, nil, nil, nil])
        let table = try rotaryTable(for: q.shape[3], tokens: q.shape[2]).tensors(on: sample.device)
        return try sample.compare(outputs: ["out": q.rotated(cos: table.cos, sin: table.sin)], inputs: ["q": q])
    }

    private func rotaryTable(for headSize: Int, tokens: Int) throws -> RotaryTable {
        let (grid, context) = (try config.integer("grid"), try config.integer("cls"))
        guard headSize % 4 == 0, (1...4096).contains(grid), context >= 0, context + grid * grid == tokens else {
            throw sample.fixture.malformed("\(sample.name): \(tokens) tokens are not cls \(context) + grid \(grid)²")
        }
        return RotaryTable(headSize: headSize, rows: grid, columns: grid, contextCount: context)
    }

    private func rotaryTable(headSize: Int, grid: Int, contextCount: Int) throws -> [GoldenResult] {
        let keys = ["cos", "sin"].map { sample.key("outputs", $0) }
        guard headSize % 4 == 0, max(headSize, grid, contextCount) <= 4096 else {
            throw GoldenError.unsupported(reason: "rotary tables of this size")
        }
        for key in keys { try sample.fixture.shape(of: key, expecting: [contextCount + grid * grid, headSize]) }
        let table = RotaryTable(headSize: headSize, rows: grid, columns: grid, contextCount: contextCount)
        return try zip(keys, [table.cosines, table.sines]).map { key, values in
            try sample.fixture.compare(values.map { Double($0) }, shape: table.shape, with: key)
        }
    }

    private func positionTable(width: Int, grid: Int) throws -> [GoldenResult] {
        let key = sample.key("outputs", "pos")
        guard width % 4 == 0, max(width, grid) <= 65_536 else {
            throw GoldenError.unsupported(reason: "position tables of this size")
        }
        try sample.fixture.shape(of: key, expecting: [grid * grid, width])
        let table = PositionTable.sineCosine(width: width, rows: grid, columns: grid)
        let shape: Shape = [grid * grid, width]
        return [try sample.fixture.compare(table.map { Double($0) }, shape: shape, with: key)]
    }

    private func swiGLU(_ bias: Linear.Bias) throws -> [GoldenResult] {
        let x = try tokens()
        let joint = try sample.fixture.shape(of: sample.key("weights", "w12.weight"), expecting: [nil, x.shape.last])
        guard joint[0] % 2 == 0 else { throw sample.fixture.malformed("w12 of \(sample.name) has no two halves") }
        let scope = Scope()
        let layer = SwiGLU(scope, width: x.shape.last, hidden: joint[0] / 2, bias: bias)
        let store = try sample.weights(of: scope)
        return try sample.compare(outputs: ["out": layer(x, Pass(store))], weights: store, inputs: ["x": x])
    }

    private func timeFeatures(period: Double) throws -> [GoldenResult] {
        let time = try sample.input("t", shape: [nil])
        return try sample.fixture.references(ofCase: sample.name).map { key in
            guard let count = key.wholeMatch(of: /.*\.emb(\d+)/).flatMap({ Int($0.1) }) else {
                return .unsupported(key, "the quantity \(key)")
            }
            try sample.fixture.shape(of: key, expecting: [time.count, count])
            let features = TimestepEmbedding.features(of: time, count: count, maximumPeriod: period)
            return try sample.fixture.compare(features, with: key)
        }
    }

    private func timestep(period: Double) throws -> [GoldenResult] {
        let time = try sample.input("t", shape: [nil])
        let first = try sample.fixture.shape(of: sample.key("weights", "mlp.0.weight"), expecting: [nil, nil])
        let scope = Scope()
        let layer = TimestepEmbedding(scope, width: first[0], featureCount: first[1], maximumPeriod: period)
        let store = try sample.weights(of: scope)
        return try sample.compare(outputs: ["out": layer(time, Pass(store))], weights: store, inputs: ["t": time])
    }

    private func patches() throws -> [GoldenResult] {
        let image = try sample.input("img", shape: [nil, nil, nil, nil])
        let size = try config.integer("patch")
        let (channels, height, width) = (image.shape[1], image.shape[2], image.shape[3])
        guard size > 0, height % size == 0, width % size == 0 else {
            throw sample.fixture.malformed("patches of \(size) do not tile \(image.shape)")
        }
        let geometry = PatchGeometry.patches(of: size)
        let tokens = image.unfolded(geometry)
        // The case doubles the tokens on the way, so that the image itself is not an answer.
        let folded = (tokens * 2).folded(geometry, channels: channels, height: height, width: width)
        return try sample.compare(outputs: ["tokens": tokens, "out": folded], inputs: ["img": image])
    }

    private func tokens() throws -> Tensor { try sample.input("x", shape: [nil, nil, nil]) }
}
