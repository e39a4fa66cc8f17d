import SwiffuseDiffusion
public import SwiffuseIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension RunFolder {
    /// The updates whose checkpoints are kept, ascending.
    public func numberedCheckpoints() throws(FileError) -> [Int] { try steps(in: checkpointsPath) }

    /// The updates whose power-function averages are stored, ascending.
    public func snapshotSteps() throws(FileError) -> [Int] { try steps(in: snapshotsPath) }

    /// Whether the folder holds a checkpoint of any number.
    public var isOccupied: Bool {
        get throws(FileError) { hasCheckpoint ? true : try !numberedCheckpoints().isEmpty }
    }

    /// Keeps the present checkpoint under its number, then removes those that need not be kept any more.
    ///
    /// Those of later updates stay: they belong to a run that was set back to an earlier checkpoint.
    func keepCheckpoint(of step: Int, _ keep: KeepConfiguration) throws(FileError) {
        guard keep.isOn else { return }
        let target = checkpointPath(step: step)
        if !Self.areSame(checkpointPath, target) {
            try Self.remove(target)
            try Self.addName(target, for: checkpointPath)
            try AtomicFile.synchroniseFolder(of: target)
        }
        let steps = try numberedCheckpoints().filter { $0 <= step }
        let last = steps.suffix(keep.last)
        for step in steps where !last.contains(step) && (keep.every == 0 || step % keep.every != 0) {
            try Self.remove(checkpointPath(step: step))
        }
    }

    /// Gives a file a second name; the file is never changed in place, only replaced. Where a file system has no second
    /// names, the file is copied.
    private static func addName(_ target: String, for path: String) throws(FileError) {
        if link(path, target) == 0 { return }
        guard [EPERM, ENOTSUP, EMLINK, ENOSYS, EXDEV].contains(errno) else {
            throw FileError(.create, path: target, code: errno)
        }
        try AtomicFile.copy(path, to: target)
    }

    /// Whether two names lead to one file.
    private static func areSame(_ first: String, _ second: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(first, &a) == 0 && stat(second, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev
    }

    private func steps(in folder: String) throws(FileError) -> [Int] {
        try names(in: folder).compactMap { name in
            guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst("step-".count).dropLast(".safetensors".count))
        }.sorted()
    }
}
