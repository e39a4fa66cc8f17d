public import SwiffuseIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a run keeps its files: `recipe.yaml`, `checkpoint.safetensors`, logs and `samples/`, and if the recipe asks for
/// them `checkpoints/` and `snapshots/`.
public struct RunFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var recipePath: String { path + "/recipe.yaml" }
    public var checkpointPath: String { path + "/checkpoint.safetensors" }
    public var logPath: String { path + "/log.csv" }
    public var validationPath: String { path + "/validation.csv" }
    /// The log for TensorBoard.
    public var eventsPath: String { path + "/events.out.tfevents.swiffuse" }
    public var samplesPath: String { path + "/samples" }
    /// Checkpoints kept under their numbers.
    public var checkpointsPath: String { path + "/checkpoints" }
    /// Power-function averages.
    public var snapshotsPath: String { path + "/snapshots" }

    public var hasCheckpoint: Bool { access(checkpointPath, F_OK) == 0 }

    /// The grid of pictures drawn after an update.
    public func samplePath(step: Int) -> String { "\(samplesPath)/step_\(Self.digits(step)).png" }

    /// The checkpoint of an update, if it is kept.
    public func checkpointPath(step: Int) -> String { "\(checkpointsPath)/step-\(Self.digits(step)).safetensors" }

    /// The power-function averages after an update.
    public func snapshotPath(step: Int) -> String { "\(snapshotsPath)/step-\(Self.digits(step)).safetensors" }

    /// Removes the files of an earlier run; other files stay.
    public func clear() throws(FileError) {
        let samples = try names(in: samplesPath).filter { $0.hasPrefix("step_") && $0.hasSuffix(".png") }
        let numbered = try numberedCheckpoints().map { checkpointPath(step: $0) }
        let snapshots = try snapshotSteps().map { snapshotPath(step: $0) }
        let single = [checkpointPath, recipePath, logPath, validationPath, eventsPath]
        for file in single + samples.map({ samplesPath + "/" + $0 }) + numbered + snapshots { try Self.remove(file) }
    }

    /// Makes the folder, those above it, and those inside it that a run uses.
    public func create(withCheckpoints: Bool = false, withSnapshots: Bool = false) throws(FileError) {
        var folders = [path, samplesPath]
        if withCheckpoints { folders.append(checkpointsPath) }
        if withSnapshots { folders.append(snapshotsPath) }
        for folder in folders { try Self.create(folder) }
    }

    /// A checkpoint given as a file or as the folder of its run.
    public static func checkpointPath(at path: String) -> String {
        isFolder(path) ? RunFolder(path).checkpointPath : path
    }

    /// Whether a path leads to a folder.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Claims the folder for this process and removes what a killed one left half-written.
    ///
    /// - Throws: `TrainingError.inUse` if another run trains in it, or `FileError`.
    func claim() throws -> FolderLock {
        switch try FolderLock.claim(path) {
        case .failure(let taken): throw TrainingError.inUse(path: path, process: taken.owner)
        case .success(let lock):
            for folder in [path, samplesPath, checkpointsPath, snapshotsPath] {
                try AtomicFile.removeAbandoned(in: folder)
            }
            return lock
        }
    }

    static func remove(_ file: String) throws(FileError) {
        if unlink(file) != 0 && errno != ENOENT { throw FileError(.remove, path: file, code: errno) }
    }

    /// The files in a folder; none if there is no such folder.
    func names(in folder: String) throws(FileError) -> [String] {
        Self.isFolder(folder) ? try FolderListing(path: folder).files : []
    }

    private static func digits(_ step: Int) -> String {
        let digits = String(step)
        return String(repeating: "0", count: max(0, 7 - digits.count)) + digits
    }

    private static func create(_ folder: String) throws(FileError) {
        var partial = folder.hasPrefix("/") ? "" : "."
        for component in folder.split(separator: "/") {
            partial += "/" + component
            if mkdir(partial, 0o777) != 0 && errno != EEXIST { throw FileError(.create, path: partial, code: errno) }
        }
    }
}
