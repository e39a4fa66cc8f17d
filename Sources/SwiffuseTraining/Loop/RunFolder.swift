public import SwiffuseIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a run keeps its files: `recipe.yaml`, `checkpoint.safetensors`, `log.csv` and `samples/`.
public struct RunFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var recipePath: String { path + "/recipe.yaml" }
    public var checkpointPath: String { path + "/checkpoint.safetensors" }
    public var logPath: String { path + "/log.csv" }
    public var samplesPath: String { path + "/samples" }

    public var hasCheckpoint: Bool { access(checkpointPath, F_OK) == 0 }

    /// Removes the files of an earlier run: checkpoint, recipe, log and sample grids; other files stay.
    public func clear() throws(FileError) {
        let samples = ((try? FolderListing(path: samplesPath).files) ?? []).filter {
            $0.hasPrefix("step_") && $0.hasSuffix(".png")
        }
        for file in [checkpointPath, recipePath, logPath] + samples.map({ samplesPath + "/" + $0 }) {
            if unlink(file) != 0 && errno != ENOENT { throw FileError(.remove, path: file, code: errno) }
        }
    }

    /// The grid of pictures drawn after an update.
    public func samplePath(step: Int) -> String {
        let digits = String(step)
        return samplesPath + "/step_" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits + ".png"
    }

    /// Makes the folder and those above it.
    public func create() throws(FileError) {
        for folder in [path, samplesPath] { try Self.create(folder) }
    }

    /// A checkpoint given as a file or as the folder of its run.
    public static func checkpointPath(at path: String) -> String {
        var status = stat()
        let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        return isFolder ? RunFolder(path).checkpointPath : path
    }

    private static func create(_ folder: String) throws(FileError) {
        var partial = folder.hasPrefix("/") ? "" : "."
        for component in folder.split(separator: "/") {
            partial += "/" + component
            if mkdir(partial, 0o777) != 0 && errno != EEXIST { throw FileError(.create, path: partial, code: errno) }
        }
    }
}
