public import SwiffuseDiffusion

extension RecipeValue {
    /// The first place where two recipes differ, in words; nil if they are equal.
    ///
    /// How often a run logs, draws samples, validates and saves, what it keeps, and how many images it works on at
    /// once may change when it is resumed.
    public func firstDifference(from other: RecipeValue, at path: String = "") -> String? {
        let changeable = [
            "training.logEvery", "training.sampleEvery", "training.checkpointEvery", "training.keep",
            "training.tensorBoard", "training.emaSnapshots.every", "training.emaSnapshots.storage",
            "training.validation.every", "training.batchSize", "training.accumulation",
        ]
        if changeable.contains(path) || self == other { return nil }
        if case .list(let mine) = self, case .list(let theirs) = other,
            (mine + theirs).contains(where: { $0.map != nil })
        {
            guard mine.count == theirs.count else {
                return "\(path) had \(mine.count) entries, has \(theirs.count)"
            }
            for (index, pair) in zip(mine, theirs).enumerated() {
                if let difference = pair.0.firstDifference(from: pair.1, at: "\(path).\(index)") { return difference }
            }
            return nil
        }
        if case .map(let mine) = self, case .map(let theirs) = other {
            if let difference = Self.changedFile(from: mine, to: theirs, at: path) { return difference }
            for key in mine.keys + theirs.keys.filter({ mine[$0] == nil }) {
                let inner = path.isEmpty ? key : path + "." + key
                if let difference = (mine[key] ?? .null).firstDifference(from: theirs[key] ?? .null, at: inner) {
                    return difference
                }
            }
            return nil
        }
        return "\(path) was \(canonicalJSON), is \(other.canonicalJSON)"
    }

    /// The difference between two weights files of one name, of which only the checksums tell; nil if there is none.
    private static func changedFile(from old: RecipeMap, to new: RecipeMap, at path: String) -> String? {
        guard case .string(let file)? = new["file"], old["file"] == new["file"], case .string(let was)? = old["sha256"],
            case .string(let sum)? = new["sha256"], !was.isEmpty, !sum.isEmpty, was != sum
        else { return nil }
        return "\(path): the file \(file) changed (SHA-256 \(sum.prefix(12))…, was \(was.prefix(12))…)"
    }
}
