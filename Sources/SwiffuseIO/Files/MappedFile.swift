import Glibc

/// A read-only file mapped into memory: it opens at once whatever its size, and pages are read when touched.
///
/// Touching a page that was cut off after opening would kill the process: call `checkSize()` before reading later.
final class MappedFile: Sendable {
    let path: String
    let byteCount: Int
    private let descriptor: Int32
    // Unsafe only to the compiler: the mapping is read-only, and unmapped when nobody holds this object any more.
    private nonisolated(unsafe) let base: UnsafeRawPointer?

    init(path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)  // a pipe is refused below, not waited for
        guard descriptor >= 0 else { throw .last(.open, path: path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
            close(descriptor)
            throw FileError(.open, path: path, code: code)
        }
        let byteCount = Int(status.st_size)
        var base: UnsafeMutableRawPointer?
        if byteCount > 0 {
            base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
            guard base != MAP_FAILED else {
                let error = FileError.last(.map, path: path)
                close(descriptor)
                throw error
            }
        }
        self.path = path
        self.byteCount = byteCount
        self.descriptor = descriptor
        self.base = base.map { UnsafeRawPointer($0) }
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }
        close(descriptor)
    }

    /// Gives `body` the bytes of `range`, which must lie inside the file.
    func withBytes<Result, Failure: Error>(
        in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        require(range.lowerBound >= 0 && range.upperBound <= byteCount, "\(range) is outside \(path)")
        return try body(UnsafeRawBufferPointer(start: base.map { $0 + range.lowerBound }, count: range.count))
    }

    /// Throws if another process cut the file short since it was opened.
    func checkSize() throws(FileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(.inspect, path: path) }
        guard status.st_size >= byteCount else { throw FileError(.read, path: path, code: ESTALE) }
    }
}
