/// What can be wrong with training data.
public enum DataError: Error, Equatable, Sendable, CustomStringConvertible {
    case file(FileError)
    case image(ImageError)
    /// A data set that is not installed; `advice` says how to get it.
    case missing(path: String, advice: String)
    /// A file or folder that breaks its format's rules.
    case malformed(path: String, reason: String)
    /// A picture that the preparation cannot use.
    case unfit(image: String, reason: String)
    /// Settings that contradict each other or the data.
    case settings(reason: String)

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .image(let error): error.description
        case .missing(let path, let advice): "\(path) does not exist; \(advice)"
        case .malformed(let path, let reason): "\(path) cannot be used: \(reason)"
        case .unfit(let image, let reason): "\(image) cannot be used: \(reason)"
        case .settings(let reason): reason
        }
    }
}
