/// What can be wrong with a picture file or its contents.
public enum ImageError: Error, Equatable, Sendable, CustomStringConvertible {
    case file(FileError)
    /// The bytes are not of the expected format.
    case wrongFormat(path: String, expected: String)
    /// The file is damaged or cut short.
    case corrupt(path: String, reason: String)
    /// The picture exceeds the reader's limits.
    case tooLarge(path: String, width: Int, height: Int, limits: ImageLimits)
    /// A text that its chunk cannot hold.
    case text(keyword: String, reason: String)
    /// Pictures that cannot be put together.
    case mismatch(reason: String)

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .wrongFormat(let path, let expected): "\(path) is not a \(expected) file"
        case .corrupt(let path, let reason): "\(path) is damaged: \(reason)"
        case .tooLarge(let path, let width, let height, let limits):
            "\(path) has \(width)×\(height) pixels; at most \(limits.maximumSide) per side and "
                + "\(limits.maximumPixelCount) in all are read"
        case .text(let keyword, let reason): "text '\(keyword)' cannot be stored in a PNG: \(reason)"
        case .mismatch(let reason): reason
        }
    }
}

/// How large a picture from an untrusted file may be.
public struct ImageLimits: Sendable, Equatable {
    /// Largest width and height.
    public var maximumSide: Int
    /// Largest product of width and height.
    public var maximumPixelCount: Int

    public init(maximumSide: Int = 32_768, maximumPixelCount: Int = 1 << 27) {
        self.maximumSide = maximumSide
        self.maximumPixelCount = maximumPixelCount
    }
}
