import Glibc
private import Synchronization

/// A file that appears under its name complete or not at all.
///
/// Bytes are streamed to a temporary name in the same folder; `commit()` syncs the file, renames it over the target and
/// syncs the folder. Without `commit()`, or after an error, the temporary file is removed and the target is untouched.
/// What a killed process leaves behind is found by `removeAbandoned(in:)`: the temporary file is locked while it is
/// being written, and the system releases the lock when the process ends.
public struct AtomicFile: ~Copyable {
    public let path: String
    private let temporaryPath: String
    private let calls: FileCalls
    private var descriptor: Int32

    /// Starts a file that will become `path`. An existing regular file there keeps its permissions; a link is followed.
    public init(path: String) throws(FileError) { try self.init(path: path, calls: .system) }

    /// As `init(path:)`, with other calls than the operating system's.
    package init(path: String, calls: FileCalls) throws(FileError) {
        let target = try Self.target(of: path)
        let temporary = try Self.createTemporary(beside: target.path, mode: target.mode, calls)
        self.init(path: target.path, temporaryPath: temporary.path, descriptor: temporary.descriptor, calls: calls)
    }

    /// Takes over an open descriptor of `temporaryPath`.
    package init(path: String, temporaryPath: String, descriptor: Int32, calls: FileCalls = .system) {
        Self.unfinished.withLock { _ = $0.insert(temporaryPath) }
        self.path = path
        self.temporaryPath = temporaryPath
        self.descriptor = descriptor
        self.calls = calls
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporaryPath)
        }
        let temporaryPath = temporaryPath
        Self.unfinished.withLock { _ = $0.remove(temporaryPath) }
    }

    /// The temporary files of this process.
    private static let unfinished = Mutex<Set<String>>([])

    /// Ends the process at once and leaves nothing half written: what is being written is removed, and no file is started
    /// meanwhile.
    package static func exitRemovingUnfinished(_ status: Int32) -> Never {
        unfinished.withLock { paths in
            for path in paths { unlink(path) }
            _exit(status)
        }
    }

    /// Appends bytes.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            let count = calls.write(descriptor, chunk)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last(.write, path: path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Appends bytes.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(FileError) in
            try write(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Replaces bytes that were written already.
    mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset + done) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last(.write, path: path) }
            done += count
        }
    }

    /// Makes the file durable and visible under its name. If only the last step fails, syncing the folder, the complete
    /// file is in place already, but a power cut may still bring the old one back.
    public consuming func commit() throws(FileError) {
        guard calls.synchronise(descriptor) == 0 else { throw .last(.synchronise, path: path) }
        guard calls.rename(temporaryPath, path) == 0 else { throw .last(.rename, path: path) }
        close(descriptor)
        descriptor = -1
        try Self.synchroniseFolder(of: path, calls)
    }

    static let temporaryPrefix = ".swiffuse-"
    static let temporarySuffix = ".tmp"

    /// Writes a whole file at once.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// Copies a file piece by piece.
    public static func copy(_ source: String, to path: String) throws(FileError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .last(.open, path: source) }
        defer { close(input) }
        var file = try AtomicFile(path: path)
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(input, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last(.read, path: source) }
            if count == 0 { break }
            try file.write(Array(piece[..<count]))
        }
        try file.commit()
    }

    private static func target(of path: String) throws(FileError) -> (path: String, mode: mode_t?) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return (path, nil) }
            throw .last(.inspect, path: path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw FileError(.write, path: path, code: EISDIR)
        default: throw FileError(.write, path: path, code: EINVAL)
        }
        guard let resolved = realpath(path, nil) else { throw .last(.inspect, path: path) }
        defer { free(resolved) }
        return (String(cString: resolved), status.st_mode & 0o777)
    }

    private static func createTemporary(
        beside path: String, mode: mode_t?, _ calls: FileCalls
    ) throws(FileError) -> (path: String, descriptor: Int32) {
        // The name only has to be free: O_EXCL decides, not the random number.
        while true {
            let suffix = String(UInt32.random(in: .min ... .max), radix: 36)
            let temporary = "\(folder(of: path))/\(temporaryPrefix)\(getpid())-\(suffix)\(temporarySuffix)"
            let (descriptor, error) = unfinished.withLock { paths in
                let descriptor = calls.create(temporary)
                let error = errno
                if descriptor >= 0 { paths.insert(temporary) }
                return (descriptor, error)
            }
            if descriptor >= 0 {
                flock(descriptor, LOCK_EX | LOCK_NB)  // where locks are not supported, nothing is ever found abandoned
                if let mode { fchmod(descriptor, mode) }
                return (temporary, descriptor)
            }
            if error != EEXIST && error != EINTR { throw FileError(.create, path: path, code: error) }
        }
    }

    /// Makes new and removed names in the folder of `path` survive a power cut.
    package static func synchroniseFolder(of path: String, _ calls: FileCalls = .system) throws(FileError) {
        let folder = folder(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(.synchronise, path: folder) }
        defer { close(descriptor) }
        // EINVAL: the file system has no notion of syncing a folder.
        guard calls.synchronise(descriptor) == 0 || errno == EINVAL else { throw .last(.synchronise, path: folder) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
