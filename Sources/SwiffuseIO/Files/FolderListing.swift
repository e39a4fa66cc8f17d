import Glibc

/// The visible entries of a folder in a stable order.
public struct FolderListing: Sendable {
    /// Names of the folders inside, sorted by their UTF-8 bytes.
    public private(set) var folders: [String] = []
    /// Names of everything else inside, sorted by their UTF-8 bytes.
    public private(set) var files: [String] = []

    /// Lists `path`; names that start with a dot are left out, links count as what they lead to.
    public init(path: String) throws(FileError) {
        guard let stream = opendir(path) else { throw .last(.list, path: path) }
        defer { closedir(stream) }
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") {
                try add(name, in: path)
            }
            errno = 0
        }
        guard errno == 0 else { throw .last(.list, path: path) }
        folders.sort(by: Self.precedes)
        files.sort(by: Self.precedes)
    }

    private mutating func add(_ name: String, in path: String) throws(FileError) {
        var status = stat()
        let full = "\(path)/\(name)"
        guard stat(full, &status) == 0 else { throw .last(.inspect, path: full) }
        if status.st_mode & S_IFMT == S_IFDIR {
            folders.append(name)
        } else {
            files.append(name)
        }
    }

    // String's own order depends on Unicode normalisation; bytes give the order of `sorted` in other languages.
    private static func precedes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}
