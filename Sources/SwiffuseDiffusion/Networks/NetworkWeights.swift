public import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor
private import Synchronization

/// Where files keep a parameter: some names of which the first that exists counts; what stands under others must not
/// differ from it. A name may stand for several tensors that are put together along the first axis.
public struct StoredNames: Sendable {
    public let alternatives: [[String]]

    /// The first of these names that exists.
    public init(_ names: String...) { alternatives = names.map { [$0] } }

    public init(alternatives: [[String]]) { self.alternatives = alternatives }
}

/// Reads the weights of a frozen network from a file, and remembers which of its tensors were asked for.
public struct NetworkWeights: Sendable {
    public let file: any TensorFile
    private let used = UsedNames()

    /// Opens a file of any format that `TensorFiles` knows.
    public init(path: String) throws(CheckpointError) { file = try TensorFiles.open(path) }

    /// A parameter's values.
    ///
    /// - Throws: `NetworkWeightsError` or `CheckpointError`.
    public func values(of shape: Shape, named names: StoredNames) throws -> [Float] {
        let found = names.alternatives.filter { $0.allSatisfy(file.contains) }
        guard let keys = found.first else {
            throw NetworkWeightsError.missing(
                path: file.path, names: names.alternatives.map { $0.joined(separator: " + ") },
                nearest: used.isAdviceDue() ? nearest(to: names.alternatives.flatMap { $0 }) : nil)
        }
        used.insert(keys)
        let values = try values(of: shape, at: keys)
        for others in found.dropFirst() where try !holds(values, of: shape, at: others) {
            let names = [keys, others].map { $0.joined(separator: " + ") }
            throw NetworkWeightsError.contradiction(path: file.path, name: names[0], other: names[1])
        }
        return values
    }

    /// Whether the tensors have just these values.
    private func holds(_ values: [Float], of shape: Shape, at keys: [String]) throws -> Bool {
        do {
            return try self.values(of: shape, at: keys) == values
        } catch is NetworkWeightsError {
            return false
        }
    }

    private func values(of shape: Shape, at keys: [String]) throws -> [Float] {
        var expected = shape.dimensions
        if let first = keys.first, keys.count > 1, !(expected.first ?? 1).isMultiple(of: keys.count) {
            throw NetworkWeightsError.shape(
                path: file.path, name: first, found: try file.shape(of: first), expected: expected)
        }
        if keys.count > 1 { expected[0] /= keys.count }
        for key in keys {
            let found = try file.shape(of: key)
            guard found == expected else {
                throw NetworkWeightsError.shape(path: file.path, name: key, found: found, expected: expected)
            }
        }
        // Converted from Float64 where a file has that: the network computes in Float32.
        return try keys.flatMap { try file.float32(of: $0, conversion: .rounded) }
    }

    /// The tensors that no parameter has asked for.
    public var unused: [String] {
        let used = used.names
        return file.names.filter { !used.contains($0) }
    }

    /// The most similar name that nobody uses; a file may have any number, of which the first ones are enough for advice.
    private func nearest(to names: [String]) -> String? {
        let known = unused.prefix(10_000)
        for name in names {
            if let nearest = nearestName(to: name, in: known) { return nearest }
        }
        return nil
    }

    /// The weights of a scope, or of a part of it. File and network must match: what is missing, of another shape or
    /// unused is reported together.
    ///
    /// - Parameters:
    ///   - parameters: those to read.
    ///   - scope: where they were declared.
    ///   - weights: where to read them.
    ///   - network: what messages call the network.
    ///   - setting: the setting that names the file.
    ///   - isIgnored: whether a tensor that nobody asks for is known to do no harm.
    ///   - names: where files keep a parameter.
    /// - Throws: `NetworkWeightsError` or `CheckpointError`.
    public static func load(
        _ parameters: [Parameter], of scope: Scope, from weights: WeightsFile, for network: String, setting: String,
        on device: any Device, ignoring isIgnored: (String) -> Bool = { _ in false },
        names: (Parameter) -> StoredNames
    ) throws -> [Tensor] {
        try load(
            parameters, of: scope, from: weights, for: network, setting: setting, on: device, ignoring: isIgnored
        ) { file, parameter in
            try file.values(of: parameter.shape, named: names(parameter))
        }
    }

    /// As the other `load`, where a parameter is computed from what the file holds.
    public static func load(
        _ parameters: [Parameter], of scope: Scope, from weights: WeightsFile, for network: String, setting: String,
        on device: any Device, ignoring isIgnored: (String) -> Bool = { _ in false },
        values: (NetworkWeights, Parameter) throws -> [Float]
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
            var report = NetworkWeightsReport(path: weights.file, parameterCount: parameters.count)
            var tensors: [Tensor] = []
            var failed: [Parameter] = []
            for parameter in parameters {
                do {
                    tensors.append(Tensor(try values(file, parameter), shape: parameter.shape, on: device))
                } catch is NetworkWeightsError {
                    failed.append(parameter)
                }
            }
            // Asked once more: only now is it known which similar names nobody uses.
            file.used.beginAdvice()
            for parameter in failed {
                do {
                    _ = try values(file, parameter)
                } catch let error as NetworkWeightsError {
                    try report.add(error)
                }
            }
            report.unused = file.unused.filter { !isIgnored($0) }
            guard report.isEmpty else { throw NetworkWeightsError.unfit(report) }
            return tensors
        }
    }
}

/// The names of tensors that were asked for.
private final class UsedNames: Sendable {
    private static let maximumAdviceCount = 3

    /// The names, and for how many missing ones a similar name will still be looked for.
    private let state = Mutex<(names: Set<String>, dueCount: Int)>(([], 0))

    var names: Set<String> { state.withLock { $0.names } }
    func insert(_ names: [String]) { state.withLock { $0.names.formUnion(names) } }

    /// From now on a similar name is worth looking for: all that are used are known.
    func beginAdvice() { state.withLock { $0.dueCount = Self.maximumAdviceCount } }

    /// Whether to look for a similar name once more: reports show only the first few.
    func isAdviceDue() -> Bool {
        state.withLock { state in
            state.dueCount -= 1
            return state.dueCount >= 0
        }
    }
}
