import Glibc

/// Whole files as bytes.
public enum FileContents {
    /// Reads a regular file of at most `maximumByteCount` bytes.
    public static func read(_ path: String, maximumByteCount: Int = 1 << 30) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)  // a pipe is refused below, not waited for
        guard descriptor >= 0 else { throw .last(.open, path: path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(.inspect, path: path) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw FileError(.read, path: path, code: EISDIR)
        default: throw FileError(.read, path: path, code: EINVAL)
        }
        guard status.st_size <= maximumByteCount else { throw FileError(.read, path: path, code: EFBIG) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard failure == 0 else { throw FileError(.read, path: path, code: failure) }
        return bytes
    }
}

extension FileContents {
    /// The first bytes of a regular file; fewer if it is shorter.
    public static func start(of path: String, byteCount: Int) throws(FileError) -> [UInt8] {
        let file = try MappedFile(path: path)
        return file.withBytes(in: 0..<min(byteCount, file.byteCount)) { [UInt8]($0) }
    }
}
