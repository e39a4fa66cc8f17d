public import SwiffuseDiffusion

extension RecipeValue {
    /// The first place where two recipes differ, in words; nil if they are equal.
    ///
    /// How often a run logs, draws samples, validates and saves, and what it keeps, may change when it is resumed.
    public func firstDifference(from other: RecipeValue, at path: String = "") -> String? {
        let cadence = [
            "training.logEvery", "training.sampleEvery", "training.checkpointEvery", "training.keep",
            "training.tensorBoard", "training.emaSnapshots.every", "training.emaSnapshots.storage",
            "training.validation.every",
        ]
        if cadence.contains(path) || self == other { return nil }
        if case .map(let mine) = self, case .map(let theirs) = other {
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
}
