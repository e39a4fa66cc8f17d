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

    /// Keeps the present checkpoint under its number, then removes those that need not be kept any more.
    ///
    /// The number is a second name of the same file, which is never changed in place; where a file system has no such
    /// names it is a copy.
    func keepCheckpoint(of step: Int, _ keep: KeepConfiguration) throws(FileError) {
        guard keep.isOn else { return }
        let target = checkpointPath(step: step)
        if link(checkpointPath, target) != 0 && errno != EEXIST {
            guard [EPERM, ENOTSUP, EMLINK, ENOSYS, EXDEV].contains(errno) else {
                throw FileError(.create, path: target, code: errno)
            }
            try AtomicFile.copy(checkpointPath, to: target)
        }
        try AtomicFile.synchroniseFolder(of: target)
        let steps = try numberedCheckpoints()
        let last = steps.suffix(keep.last)
        for step in steps where !last.contains(step) && (keep.every == 0 || step % keep.every != 0) {
            try Self.remove(checkpointPath(step: step))
        }
    }

    private func steps(in folder: String) throws(FileError) -> [Int] {
        try names(in: folder).compactMap { name in
            guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
            return Int(name.dropFirst("step-".count).dropLast(".safetensors".count))
        }.sorted()
    }
}
