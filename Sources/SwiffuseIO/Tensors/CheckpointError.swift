/// What can be wrong with a file of named tensors.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    case file(FileError)
    /// The file breaks its format's rules.
    case malformed(path: String, reason: String)
    /// A sound safetensors file that is no checkpoint of this library.
    case notACheckpoint(path: String, reason: String)
    /// A PyTorch file that breaks its format's rules or asks for more than tensors and plain containers.
    case malformedTorch(path: String, reason: String)
    /// No tensor of that name; `nearest` is the most similar name that exists.
    case missing(path: String, key: String, nearest: String?)
    /// No tensor's name begins with `prefix`; `similar` are prefixes that exist.
    case missingPrefix(path: String, prefix: String, similar: [String])
    /// The tensor's elements cannot be delivered as the type asked for.
    case type(path: String, key: String, found: StoredDType, wanted: StoredDType)
    /// Element `index` has no exact counterpart in the type asked for.
    case inexact(path: String, key: String, index: Int, value: String, wanted: StoredDType)
    /// What was to be written is not a valid file.
    case unwritable(path: String, reason: String)

    public var description: String { text.printable }

    private var text: String {
        switch self {
        case .file(let error):
            error.description
        case .malformed(let path, let reason):
            "\(path) is not a valid safetensors file: \(reason)"
        case .notACheckpoint(let path, let reason):
            "\(path) is no checkpoint that can be used here: \(reason)"
        case .malformedTorch(let path, let reason):
            "\(path) cannot be read as a PyTorch file: \(reason)"
        case .missing(let path, let key, let nearest):
            "\(path) holds no tensor '\(key)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .missingPrefix(let path, let prefix, let similar):
            "\(path) holds no tensor whose name begins with '\(prefix)'"
                + (similar.isEmpty ? "" : "; did you mean \(similar.map { "'\($0)'" }.joined(separator: " or "))?")
        case .type(let path, let key, let found, let wanted):
            "\(path): tensor '\(key)' holds \(found.rawValue), which cannot be read as \(wanted.rawValue)"
        case .inexact(let path, let key, let index, let value, let wanted):
            "\(path): element \(index) of tensor '\(key)' is \(value), which \(wanted.rawValue) cannot hold exactly"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason)"
        }
    }
}
