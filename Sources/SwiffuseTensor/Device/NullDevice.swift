import Synchronization

/// A device that computes nothing: it counts arithmetic and memory, so that shapes and costs are known before anything
/// is allocated.
///
/// Values read from it are zeros.
public final class NullDevice: Device {
    final class Buffer: DeviceBuffer {
        let byteCount: Int
        let device: NullDevice
        var failure: DeviceError? { nil }

        init(byteCount: Int, device: NullDevice) {
            self.byteCount = byteCount
            self.device = device
        }

        deinit { device.release(byteCount) }
    }

    private struct State {
        var current = 0
        var highWaterMark = 0
        var floatingPointOperations = 0

        /// Adds operations; a sum beyond `Int.max` stays there.
        mutating func count(_ operations: Int) {
            let sum = floatingPointOperations.addingReportingOverflow(operations)
            floatingPointOperations = sum.overflow ? .max : sum.partialValue
        }
    }

    private final class Counters: Sendable {
        let state = Mutex(State())
    }

    public let id = DeviceID("null")
    public let info = DeviceInfo(name: "no computation", details: [], memoryLimit: nil, dtypes: DType.allCases)
    public let kernels: KernelTable
    private let counters = Counters()

    /// - Parameter mimicked: kernels whose allocation pattern to follow; empty to follow the references.
    public init(mimicking mimicked: KernelTable = KernelTable()) {
        let counters = self.counters
        kernels = mimicked.shapesOnly { operations in
            counters.state.withLock { $0.count(operations) }
        }
    }

    /// Arithmetic of all forward kernels and of all primitives so far.
    public var floatingPointOperations: Int { counters.state.withLock { $0.floatingPointOperations } }

    public var memoryUse: MemoryUse {
        counters.state.withLock {
            MemoryUse(current: $0.current, highWaterMark: $0.highWaterMark, reserved: $0.highWaterMark)
        }
    }

    public func resetHighWaterMark() { counters.state.withLock { $0.highWaterMark = $0.current } }

    public func allocate(byteCount: Int) throws(DeviceError) -> any DeviceBuffer {
        counters.state.withLock {
            $0.current += byteCount
            $0.highWaterMark = max($0.highWaterMark, $0.current)
        }
        return Buffer(byteCount: byteCount, device: self)
    }

    public func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) throws(DeviceError) {}

    public func download(
        _ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError) {
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    public func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        let operations = op.floatingPointOperations(reading: inputs, writing: output)
        counters.state.withLock { $0.count(operations) }
    }

    public func synchronize() throws(DeviceError) {}

    private func release(_ byteCount: Int) { counters.state.withLock { $0.current -= byteCount } }
}
