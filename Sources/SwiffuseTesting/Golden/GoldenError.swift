/// Why a golden fixture could not be compared.
public enum GoldenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is not what a fixture of its kind must be.
    case malformed(path: String, reason: String)
    /// The fixture asks for something that the library does not have.
    case unsupported(reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .malformed(let path, let reason): "\(path) is not a usable fixture: \(reason)"
        case .unsupported(let reason): reason
        }
    }
}
