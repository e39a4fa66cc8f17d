import Synchronization

/// Collects text from a command.
final class Recording: Sendable {
    private let storage = Mutex("")

    var text: String { storage.withLock { $0 } }

    func append(_ text: String) { storage.withLock { $0 += text } }
}
