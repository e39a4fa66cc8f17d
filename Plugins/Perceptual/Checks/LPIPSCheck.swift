public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `lpips_vgg16_procedural`: the distance of two pictures through a network with procedural weights, stage by
/// stage, and its gradient.
public struct LPIPSCheck: GoldenCheck {
    public let kinds = ["lpips_vgg16_procedural"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        var configuration = LPIPSNetworkConfiguration()
        configuration.widths = try fixture.config.list("channels").compactMap(\.integer)
        try configuration.validate()
        let (trunk, heads) = (Scope(), Scope())
        configuration.heads = .uniform
        let uniform = LPIPS(trunk, configuration)
        let pass = Pass(try fixture.weights(of: trunk, leaving: ["weights.lin"], on: device))
        let tape = Tape()
        let first = tape.watch(try image("inputs.image0", of: fixture, on: device))
        let second = try image("inputs.image1", of: fixture, on: device)
        let stages = uniform.features(of: first, pass)
        let others = uniform.features(of: second, pass)
        configuration.heads = .learned
        let learned = LPIPS(heads, configuration)
        let weights = Pass(try LPIPSHeads.store(for: fixture, declared: heads.parameters, on: device))
        let contributions = learned.contributions(of: stages, to: others, weights)
        let total = contributions.sum(over: [1])
        let norms = Tensor.concatenated(
            stages.map { $0.detached().sumOfSquares().squareRoot().reshaped(to: 1) }, along: 0)
        let gradient = tape.gradients(of: total.sum(), withRespectTo: [first])[0]
        return [
            try fixture.compare(total.detached(), with: "outputs.total"),
            try fixture.compare(contributions.detached(), with: "outputs.per_layer"),
            try fixture.compare(norms, with: "outputs.feature_norms_image0"),
            try fixture.compare(gradient ?? Tensor.zeros(first.shape, on: device), with: "grads.image0"),
        ]
    }

    private func image(_ key: String, of fixture: GoldenFixture, on device: any Device) throws -> Tensor {
        let image = try fixture.tensor(key, shape: [nil, 3, nil, nil], on: device)
        guard min(image.shape[2], image.shape[3]) >= VGGFeatures.minimumSide, image.shape[0] > 0 else {
            throw fixture.malformed("\(key) is smaller than \(VGGFeatures.minimumSide) × \(VGGFeatures.minimumSide)")
        }
        return image
    }
}

/// Kind `lpips_vgg_lins`: learned heads arrive in the network bit by bit, and none is negative.
public struct LPIPSHeadsCheck: GoldenCheck {
    public let kinds = ["lpips_vgg_lins"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let scope = Scope()
        var configuration = LPIPSNetworkConfiguration()
        configuration.widths = try (0..<VGGFeatures.depths.count).map { index in
            try fixture.shape(of: "weights.lin\(index).model.1.weight", expecting: [1, nil, 1, 1])[1]
        }
        try configuration.validate()
        _ = LPIPS(scope, configuration)
        let heads = scope.parameters.filter { LPIPSHeads.isHead($0.key) }
        let store = try LPIPSHeads.store(for: fixture, declared: scope.parameters, on: device)
        return try heads.map { head in
            let (key, values) = ("weights." + head.key, store[head])
            guard try values.scalars().allSatisfy({ $0 >= 0 }) else { return .fail(key, "a weight is negative") }
            return try fixture.compare(values, with: key, bound: .exact)
        }
    }
}

/// The learned weights of LPIPS in fixtures.
enum LPIPSHeads {
    static func isHead(_ key: String) -> Bool { key.hasPrefix("lin") }

    /// Heads with a fixture's values: its own, or those of a fixture of the kind `lpips_vgg_lins` beside it.
    ///
    /// - Parameter declared: parameters of an LPIPS; those of its network get no values.
    static func store(
        for fixture: GoldenFixture, declared: [Parameter], on device: any Device
    ) throws -> ParameterStore {
        let heads = declared.filter { isHead($0.key) }
        let sources = [fixture] + fixture.neighbours(ofKind: "lpips_vgg_lins")
        guard let source = sources.first(where: { holds(heads, $0) }) else {
            throw fixture.malformed(
                "it has no heads lin0 to lin4 that fit, and no fixture of the kind lpips_vgg_lins beside it has")
        }
        let values = try declared.map { parameter in
            isHead(parameter.key)
                ? Tensor(try source.floats("weights." + parameter.key), shape: parameter.shape, on: device)
                : Tensor.filled(.nan, shape: [1], on: device).broadcast(to: parameter.shape)
        }
        return ParameterStore(declared, values: values)
    }

    private static func holds(_ heads: [Parameter], _ fixture: GoldenFixture) -> Bool {
        heads.allSatisfy { head in
            let key = "weights." + head.key
            return fixture.contains(key) && (try? fixture.shape(of: key)) == head.shape.dimensions
        }
    }
}
