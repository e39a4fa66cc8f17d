import Glibc

/// A folder claimed by one process, until the value goes away or the process ends, however it ends.
///
/// The claim is an advisory lock (`flock`) on a small file in the folder, which stays there.
public final class FolderLock: Sendable {
    /// The folder belongs to another process, or to another value in this one.
    public struct Taken: Error, Sendable, Equatable {
        /// The owner's process number, if it could be read.
        public let owner: Int32?

        public init(owner: Int32?) { self.owner = owner }
    }

    private let descriptor: Int32

    /// Claims a folder.
    ///
    /// - Returns: the claim, or who has it.
    public static func claim(_ folder: String) throws(FileError) -> Result<FolderLock, Taken> {
        let path = folder + "/.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .last(.lock, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            defer { close(descriptor) }
            if code == EWOULDBLOCK { return .failure(Taken(owner: owner(descriptor))) }
            throw FileError(.lock, path: path, code: code)
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            let error = FileError.last(.lock, path: path)
            close(descriptor)
            throw error
        }
        return .success(FolderLock(descriptor: descriptor))
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    private static func owner(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
