import Synchronization

/// Batch sizes that a network was called with.
final class CallLog: Sendable {
    private let sizes = Mutex<[Int]>([])

    func append(_ size: Int) { sizes.withLock { $0.append(size) } }

    var all: [Int] { sizes.withLock { $0 } }
}
