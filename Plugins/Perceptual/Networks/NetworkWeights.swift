import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

/// Where files keep a parameter: some names of which the first that exists counts. A name may stand for several tensors
/// that are put together along the first axis.
struct StoredNames {
    let alternatives: [[String]]

    /// The first of these names that exists.
    init(_ names: String...) { alternatives = names.map { [$0] } }

    init(alternatives: [[String]]) { self.alternatives = alternatives }
}

/// Reads the weights of a frozen network from a file.
struct NetworkWeights {
    private let file: any TensorFile

    /// Opens a file: safetensors by its name's ending, PyTorch otherwise.
    init(path: String) throws(CheckpointError) {
        file = path.hasSuffix(".safetensors") ? try SafetensorsFile(path: path) : try TorchFile(path: path)
    }

    /// A parameter's values.
    ///
    /// - Throws: `NetworkWeightsError` or `CheckpointError`.
    func values(of parameter: Parameter, named names: StoredNames) throws -> [Float] {
        guard let keys = names.alternatives.first(where: { $0.allSatisfy(file.contains) }) else {
            throw NetworkWeightsError.missing(
                path: file.path, names: names.alternatives.map { $0.joined(separator: " + ") },
                nearest: nearest(to: names.alternatives.flatMap { $0 }))
        }
        var found = try file.shape(of: keys[0])
        for key in keys.dropFirst() where !found.isEmpty { found[0] += try file.shape(of: key).first ?? 0 }
        guard found == parameter.shape.dimensions else {
            throw NetworkWeightsError.shape(
                path: file.path, name: keys[0], found: found, expected: parameter.shape.dimensions)
        }
        // Converted from Float64 where a file has that: the network computes in Float32.
        return try keys.flatMap { try file.float32(of: $0, conversion: .rounded) }
    }

    /// The file's own suggestion for a name that it does not have.
    private func nearest(to names: [String]) -> String? {
        for name in names {
            do {
                _ = try file.shape(of: name)
            } catch CheckpointError.missing(_, _, let nearest?) {
                return nearest
            } catch {
                continue
            }
        }
        return nil
    }

    /// The weights of a scope, or of a part of it.
    ///
    /// - Parameters:
    ///   - parameters: those to read.
    ///   - scope: where they were declared.
    ///   - weights: where to read them.
    ///   - network: what messages call the network.
    ///   - setting: the setting that names the file.
    ///   - names: where files keep a parameter.
    static func load(
        _ parameters: [Parameter], of scope: Scope, from weights: WeightsFile, for network: String, setting: String,
        on device: any Device, names: (Parameter) -> StoredNames
    ) throws -> [Tensor] {
        // Uniform heads, for one, have nothing to read.
        guard !parameters.isEmpty else { return [] }
        switch weights.source {
        case .random:
            let drawn = ParameterStore(scope, seed: 0, on: device)
            return parameters.map { drawn[$0] }
        case .file:
            guard !weights.file.isEmpty else { throw NetworkWeightsError.notNamed(network: network, setting: setting) }
            let file = try NetworkWeights(path: weights.file)
            return try parameters.map { parameter in
                Tensor(try file.values(of: parameter, named: names(parameter)), shape: parameter.shape, on: device)
            }
        }
    }
}
