internal import Synchronization

/// A picture that could not be used, and why.
public struct SkippedPicture: Sendable, Hashable {
    /// What the data set calls it.
    public let name: String
    public let reason: String

    /// - Parameter reason: made one line, since names of files may hold anything.
    init(name: String, reason: String) {
        self.name = name
        self.reason = String(String.UnicodeScalarView(reason.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
    }
}

/// The pictures that a loader has skipped, each once, in the order of their discovery.
final class SkipLog: Sendable {
    private struct Contents {
        var indices: Set<Int> = []
        var pictures: [SkippedPicture] = []
    }

    private let contents = Mutex(Contents())

    var pictures: [SkippedPicture] { contents.withLock { $0.pictures } }

    func contains(_ index: Int) -> Bool { contents.withLock { $0.indices.contains(index) } }

    func add(_ index: Int, name: String, reason: String) {
        contents.withLock { contents in
            guard contents.indices.insert(index).inserted else { return }
            contents.pictures.append(SkippedPicture(name: name, reason: reason))
        }
    }
}
