public import SwiffuseNN
public import SwiffuseTensor

/// One case of a fixture on its way through a network: inputs and weights in, outputs and gradients compared.
///
/// Gradients are those of Σ out · G with G among the inputs.
public struct GoldenCase: Sendable {
    public let fixture: GoldenFixture
    /// The case's name; empty in a file with a single case.
    public let name: String
    public let device: any Device
    private let tape = Tape()

    public init(_ fixture: GoldenFixture, name: String = "", on device: any Device) {
        self.fixture = fixture
        self.name = name
        self.device = device
    }

    /// The key of a tensor: `inputs.<case>.x`.
    public func key(_ group: String, _ tensor: String) -> String {
        name.isEmpty ? "\(group).\(tensor)" : "\(group).\(name).\(tensor)"
    }

    /// An input, recorded if the fixture has a gradient for it.
    ///
    /// - Parameter extents: the shape that it must have; nil allows any extent.
    public func input(_ tensor: String, shape extents: [Int?]) throws(GoldenError) -> Tensor {
        let value = try fixture.tensor(key("inputs", tensor), shape: extents, on: device)
        return fixture.contains(key("grads", "input.\(tensor)")) ? tape.watch(value) : value
    }

    /// The weights of everything that a scope declares, recorded.
    ///
    /// - Parameter others: prefixes of keys that belong to something else.
    public func weights(of scope: Scope, leaving others: [String] = []) throws(GoldenError) -> ParameterStore {
        let store = try fixture.parameters(of: scope, prefix: key("weights", ""), leaving: others, on: device)
        return ParameterStore(
            store.parameters,
            values: zip(store.parameters, store.values).map { $0.isTrainable ? tape.watch($1) : $1 })
    }

    /// Compares outputs, and the gradients of Σ out · G if the fixture has any.
    ///
    /// - Parameters:
    ///   - outputs: by name; gradients start at the one called `out`.
    ///   - store: recorded weights; each trainable one must have a stored gradient.
    ///   - inputs: recorded inputs by name.
    public func compare(
        outputs: [String: Tensor], weights store: ParameterStore? = nil, inputs: [String: Tensor] = [:]
    ) throws -> [GoldenResult] {
        var results: [GoldenResult] = []
        for (name, value) in outputs.sorted(by: { $0.key < $1.key }) {
            results.append(try fixture.compare(value.detached(), with: key("outputs", name)))
        }
        guard let out = outputs["out"], !fixture.names(prefix: key("grads", "")).isEmpty else { return results }
        let seed = try fixture.tensor(key("inputs", "G"), shape: out.shape.dimensions.map { $0 }, on: device)
        var targets: [(key: String, value: Tensor)] = []
        for (parameter, value) in zip(store?.parameters ?? [], store?.values ?? []) where parameter.isTrainable {
            targets.append((parameter.key, value))
        }
        for (name, value) in inputs.sorted(by: { $0.key < $1.key }) where value.isTracked {
            targets.append(("input.\(name)", value))
        }
        let gradients = tape.gradients(of: out, seed: seed, withRespectTo: targets.map(\.value))
        for (target, gradient) in zip(targets, gradients) {
            let gradient = gradient ?? Tensor.zeros(target.value.shape, on: device)
            results.append(try fixture.compare(gradient, with: key("grads", target.key)))
        }
        return results
    }
}
