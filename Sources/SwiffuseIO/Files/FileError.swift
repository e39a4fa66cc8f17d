import Glibc

/// A call to the operating system on a file or folder that failed.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Operation: String, Sendable {
        case open, create, inspect, read, map, write, synchronise, rename, remove, list, lock
    }

    public let operation: Operation
    public let path: String
    /// The `errno` of the failed call.
    public let code: Int32

    public init(_ operation: Operation, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// What the operating system says about `code`.
    public var reason: String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    public var description: String {
        "cannot \(operation.rawValue) \(path): \(reason)\(advice.map { "; \($0)" } ?? "")"
    }

    private var advice: String? {
        switch code {
        case ENOSPC, EDQUOT: "free some space or choose another folder"
        case EACCES, EPERM, EROFS: "check its permissions or choose another place"
        case ENOENT: "check the path"
        case EFBIG: "it is larger than this reader or file system accepts"
        default: nil
        }
    }

    /// The error of the call that has just failed on this thread.
    package static func last(_ operation: Operation, path: String) -> FileError {
        FileError(operation, path: path, code: errno)
    }
}
