import Glibc

/// A file that grows piece by piece; a piece that cannot be written whole leaves the file as it was.
public enum AppendedFile {
    /// Adds bytes to the end of an existing file.
    public static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(.write, path: path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(.inspect, path: path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                let error = FileError.last(.write, path: path)
                ftruncate(descriptor, status.st_size)
                throw error
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Cuts a file down to its first bytes.
    public static func truncate(_ path: String, to byteCount: Int) throws(FileError) {
        guard Glibc.truncate(path, byteCount) == 0 else { throw .last(.write, path: path) }
    }

    /// Makes what was appended so far survive a power cut.
    public static func synchronise(_ path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(.synchronise, path: path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last(.synchronise, path: path) }
    }
}
