import SwiffuseIO

/// Reference numbers for one check: a JSON file with kind and configuration, and a safetensors file of the same name.
///
/// Tensor keys are `weights.…`, `inputs.…`, `outputs.…` and `grads.…`; in files with several cases the case's name
/// comes second.
/// What to build is read from `config` and from the tensors' shapes, never from the file's name.
public struct GoldenFixture: Sendable {
    public let description: GoldenDescription
    let tensors: SafetensorsFile

    /// Opens both files.
    ///
    /// - Parameter path: the JSON file.
    /// - Throws: `GoldenError` that names the file.
    public init(path: String) throws(GoldenError) { try self.init(GoldenDescription(path: path)) }

    /// Opens the tensors that belong to a description.
    public init(_ description: GoldenDescription) throws(GoldenError) {
        self.description = description
        do {
            tensors = try SafetensorsFile(path: description.tensorPath)
        } catch {
            throw GoldenError(error, path: description.tensorPath)
        }
    }

    public var kind: String { description.kind }

    /// The constructor arguments with the official names.
    public var config: FixtureSettings {
        get throws(GoldenError) {
            guard let members = description.root.values["config"]?.members else {
                throw .malformed(path: description.path, reason: "the object config is missing")
            }
            return FixtureSettings(members, at: "config", in: description.path)
        }
    }

    /// Names of the tensors with a prefix, in the file's order.
    public func names(prefix: String) -> [String] { tensors.names.filter { $0.hasPrefix(prefix) } }

    public func contains(_ key: String) -> Bool { tensors.contains(key) }

    /// Names of everything that a check must compare.
    public var references: [String] {
        if description.containerPath != nil { return tensors.names }
        return tensors.names.filter { $0.hasPrefix("outputs.") || $0.hasPrefix("grads.") }
    }

    /// Names of the cases in a file with several, sorted: the second parts of the references' keys.
    public var caseNames: [String] {
        Set(references.compactMap { $0.split(separator: ".").dropFirst().first.map(String.init) }).sorted()
    }

    /// Names of the references of one case.
    public func references(ofCase name: String) -> [String] {
        references.filter { $0.hasPrefix("outputs.\(name).") || $0.hasPrefix("grads.\(name).") }
    }

    /// An error about the tensor file.
    public func malformed(_ reason: String) -> GoldenError { .malformed(path: tensors.path, reason: reason) }
}

extension GoldenError {
    init(_ error: CheckpointError, path: String) {
        switch error {
        case .file(let error): self = .unreadable(path: path, reason: error.description)
        case .malformed(_, let reason), .malformedTorch(_, let reason), .notACheckpoint(_, let reason):
            self = .malformed(path: path, reason: reason)
        case .missing, .missingPrefix, .type, .inexact, .unwritable:
            self = .malformed(path: path, reason: error.description)
        }
    }
}
