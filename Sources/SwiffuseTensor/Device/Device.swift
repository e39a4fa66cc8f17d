/// A block of memory on a device.
public protocol DeviceBuffer: AnyObject, Sendable {
    var byteCount: Int { get }
    /// Why the contents are worthless, if an operation that wrote them failed.
    var failure: DeviceError? { get }
}

/// Something that holds tensors and runs operations on them.
///
/// Operations run in the order in which they are enqueued. Results live where inputs live; nothing moves between
/// devices silently.
public protocol Device: AnyObject, Sendable {
    /// What a user types: `cpu`, `vulkan:0`.
    var id: DeviceID { get }
    var info: DeviceInfo { get }
    /// The fused operations that this device has fast kernels for.
    var kernels: KernelTable { get }
    /// How weights that are multiplied by many times should lie.
    var weightLayout: WeightLayout { get }
    var memoryUse: MemoryUse { get }

    /// A buffer with undefined contents; its memory returns to the device when the last reference goes.
    func allocate(byteCount: Int) throws(DeviceError) -> any DeviceBuffer
    /// Copies bytes from the host to the start of a buffer.
    func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) throws(DeviceError)
    /// Copies bytes from a buffer, starting at `byteOffset`, to the host, after all enqueued work on it.
    func download(
        _ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError)
    /// Enqueues a primitive; a failure is kept in the written buffer.
    func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode)
    /// Waits until everything enqueued is done.
    func synchronize() throws(DeviceError)
    /// Starts a new high-water mark at the current use.
    func resetHighWaterMark()
}

extension Device {
    public var weightLayout: WeightLayout { .rows }
}

/// How the weight [out, in] of a linear layer lies in memory.
public enum WeightLayout: Sendable {
    /// Row by row, as checkpoints hold it.
    case rows
    /// Column by column: the products of such a device read them where they lie, and copy rows first.
    case columns
}

/// How a result meets what the destination holds.
public enum WriteMode: Sendable, Equatable {
    case overwrite
    /// Adds to the destination (float32 only).
    case accumulate
}
