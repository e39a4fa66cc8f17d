internal import SwiffuseTensor
internal import Synchronization

/// Indices that kernels look at long after the call: each checking dispatch has a status word in which it notes the
/// first bad position; the words are read when the host waits anyway.
final class IndexChecks: Sendable {
    private struct Check: Sendable {
        let status: VulkanBuffer
        let output: VulkanBuffer
        let operation: String
        let rowCount: Int
    }

    private let pending = Mutex<[Check]>([])

    func add(status: VulkanBuffer, output: VulkanBuffer, operation: String, rowCount: Int) {
        pending.withLock {
            $0.append(Check(status: status, output: output, operation: operation, rowCount: rowCount))
        }
    }

    var isEmpty: Bool { pending.withLock { $0.isEmpty } }

    /// Reads the words of dispatches that are done; a bad index fails its output and is thrown.
    ///
    /// - Parameters:
    ///   - completed: the last submission that is done.
    ///   - read: the first word of a buffer.
    func examine(
        completed: UInt64, device: String, read: (VulkanBuffer) throws(DeviceError) -> UInt32
    ) throws(DeviceError) {
        let finished = pending.withLock { checks in
            let finished = checks.filter { $0.status.lastUse <= completed }
            checks.removeAll { $0.status.lastUse <= completed }
            return finished
        }
        var first: DeviceError?
        for check in finished {
            let position = try read(check.status)
            if position == 0 { continue }
            let error = DeviceError.failed(
                device: device, operation: check.operation,
                reason: "the index at position \(position - 1) is outside a table of \(check.rowCount) rows")
            check.output.fail(error)
            first = first ?? error
        }
        if let first { throw first }
    }
}
