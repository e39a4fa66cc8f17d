import Synchronization

/// What an operation has cost, summed over its launches.
public struct OperationCost: Sendable, Hashable, Codable {
    /// `linear`, `linear gradient`, `multiply`, ….
    public let name: String
    public internal(set) var launches = 0
    public internal(set) var seconds = 0.0
    /// Bytes of all operands.
    public internal(set) var bytes = 0
    /// Arithmetic; of gradients an estimate.
    public internal(set) var floatingPointOperations = 0
}

/// Another device, with a clock for each operation.
///
/// While it measures it waits after each operation, so work that the device would do at the same time takes longer than
/// usual. Buffers are those of the other device, whose memory is counted there.
public final class TimedDevice: Device {
    public let kernels: KernelTable
    private let base: any Device
    private let meter: Meter

    /// - Parameter base: the device that computes.
    public init(_ base: any Device) {
        let meter = Meter(base)
        self.base = base
        self.meter = meter
        kernels = base.kernels.observed { meter.run($0, $1) }
    }

    /// Runs some work and tells what its operations cost, the longest first.
    public func costs(of work: () throws -> Void) throws -> [OperationCost] {
        try base.synchronize()
        meter.begin()
        defer { meter.end() }
        try work()
        return meter.costs.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
    }

    public var id: DeviceID { base.id }
    public var info: DeviceInfo { base.info }
    public var memoryUse: MemoryUse { base.memoryUse }
    public var weightLayout: WeightLayout { base.weightLayout }

    public func resetHighWaterMark() { base.resetHighWaterMark() }

    public func allocate(byteCount: Int) throws(DeviceError) -> any DeviceBuffer {
        try base.allocate(byteCount: byteCount)
    }

    public func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) throws(DeviceError) {
        try base.upload(bytes, to: buffer)
    }

    public func download(
        _ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError) {
        try base.download(buffer, byteOffset: byteOffset, to: bytes)
    }

    public func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        meter.run(Launch(op, reading: inputs, writing: output, mode: mode)) {
            base.execute(op, reading: inputs, writing: output, mode: mode)
        }
    }

    public func synchronize() throws(DeviceError) { try base.synchronize() }
}

/// The clock of a timed device.
private final class Meter: Sendable {
    private let base: any Device
    private let isRunning = Atomic(false)
    private let totals = Mutex<[String: OperationCost]>([:])
    private let clock = ContinuousClock()

    init(_ base: any Device) { self.base = base }

    var costs: [OperationCost] { totals.withLock { Array($0.values) } }

    func begin() {
        totals.withLock { $0.removeAll() }
        isRunning.store(true, ordering: .relaxed)
    }

    func end() { isRunning.store(false, ordering: .relaxed) }

    func run(_ launch: Launch, _ work: () -> Void) {
        guard isRunning.load(ordering: .relaxed) else { return work() }
        let time = clock.measure {
            work()
            // A failure stays in the buffers, where the next reading finds it.
            try? base.synchronize()
        }
        totals.withLock {
            var cost = $0[launch.name] ?? OperationCost(name: launch.name)
            cost.launches += 1
            cost.seconds += time / .seconds(1)
            cost.bytes += launch.bytes
            cost.floatingPointOperations += launch.floatingPointOperations
            $0[launch.name] = cost
        }
    }
}
