import Glibc

extension AtomicFile {
    /// Removes the temporary files that killed processes left in a folder; those being written are kept.
    ///
    /// A folder that does not exist holds none.
    ///
    /// - Returns: how many were removed.
    @discardableResult
    public static func removeAbandoned(in folder: String) throws(FileError) -> Int {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return 0 }
            throw .last(.list, path: folder)
        }
        defer { closedir(stream) }
        var count = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(temporaryPrefix), name.hasSuffix(temporarySuffix) else { continue }
            if try removeIfAbandoned("\(folder)/\(name)") { count += 1 }
        }
        return count
    }

    private static func removeIfAbandoned(_ path: String) throws(FileError) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        guard unlink(path) == 0 || errno == ENOENT else { throw .last(.remove, path: path) }
        return true
    }
}
