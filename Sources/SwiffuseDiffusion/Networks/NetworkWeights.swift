public import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

/// Where files keep a parameter: some names of which the first that exists counts. A name may stand for several tensors
/// that are put together along the first axis.
public struct StoredNames: Sendable {
    public let alternatives: [[String]]

    /// The first of these names that exists.
    public init(_ names: String...) { alternatives = names.map { [$0] } }

    public init(alternatives: [[String]]) { self.alternatives = alternatives }
}

/// Reads the weights of a frozen network from a file.
public struct NetworkWeights: Sendable {
    public let file: any TensorFile

    /// Opens a file: safetensors by its name's ending, PyTorch otherwise.
    public init(path: String) throws(CheckpointError) {
        file = path.hasSuffix(".safetensors") ? try SafetensorsFile(path: path) : try TorchFile(path: path)
    }

    /// A parameter's values.
    ///
    /// - Throws: `NetworkWeightsError` or `CheckpointError`.
    public func values(of shape: Shape, named names: StoredNames) throws -> [Float] {
        guard let keys = names.alternatives.first(where: { $0.allSatisfy(file.contains) }) else {
            throw NetworkWeightsError.missing(
                path: file.path, names: names.alternatives.map { $0.joined(separator: " + ") },
                nearest: nearest(to: names.alternatives.flatMap { $0 }))
        }
        var found = try file.shape(of: keys[0])
        for key in keys.dropFirst() where !found.isEmpty { found[0] += try file.shape(of: key).first ?? 0 }
        guard found == shape.dimensions else {
            throw NetworkWeightsError.shape(path: file.path, name: keys[0], found: found, expected: shape.dimensions)
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
    /// - Throws: `NetworkWeightsError` or `CheckpointError`.
    public static func load(
        _ parameters: [Parameter], of scope: Scope, from weights: WeightsFile, for network: String, setting: String,
        on device: any Device, names: (Parameter) -> StoredNames
    ) throws -> [Tensor] {
        try load(parameters, of: scope, from: weights, for: network, setting: setting, on: device) { file, parameter in
            try file.values(of: parameter.shape, named: names(parameter))
        }
    }

    /// As the other `load`, where a parameter is computed from what the file holds.
    public static func load(
        _ parameters: [Parameter], of scope: Scope, from weights: WeightsFile, for network: String, setting: String,
        on device: any Device, values: (NetworkWeights, Parameter) throws -> [Float]
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
            return try parameters.map { Tensor(try values(file, $0), shape: $0.shape, on: device) }
        }
    }
}
