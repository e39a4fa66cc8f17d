internal import CVulkan
internal import SwiffuseTensor

/// What kernels need of the device: its memory and its recorder.
final class VulkanRuntime: Sendable {
    let context: VulkanContext
    let pool: MemoryPool
    let recorder: Recorder
    let checks: IndexChecks
    /// Whether every dispatch is run at once and its output searched for what is not a number: slow, to find a fault.
    let checksNumbers: Bool
    private let staging: MemoryPool

    init(_ context: VulkanContext, memoryLimit: Int?, _ watch: VulkanWatch) {
        self.context = context
        checksNumbers = watch.checksNumbers
        pool = MemoryPool(
            context, kind: cvk_device_memory, limit: memoryLimit, bindsExactly: watch.bindsExactly)
        staging = MemoryPool(context, kind: cvk_host_memory, limit: nil)
        recorder = Recorder(context, pool: pool, isTimed: watch.isTimed)
        checks = IndexChecks()
    }

    var profile: VulkanProfile { context.profile }
    var name: String { context.name }

    /// A buffer; when memory is short, after waiting for the queue and giving cached memory back.
    func allocate(byteCount: Int) throws(DeviceError) -> VulkanBuffer {
        let largest = context.facts.largestBuffer
        guard byteCount <= largest else {
            throw .failed(
                device: name, operation: "allocation",
                reason: "a tensor of \(byteCount) bytes exceeds the \(largest) that one binding may span on this "
                    + "device; use a smaller batch or image")
        }
        if let buffer = pool.allocate(byteCount: byteCount) { return buffer }
        if try recorder.reclaim(), let buffer = pool.allocate(byteCount: byteCount) { return buffer }
        throw .outOfMemory(device: name, requested: byteCount, inUse: pool.use.current, limit: pool.limit)
    }

    /// Temporary memory for `count` floats; it lives as long as the buffer is held.
    func scratch(_ count: Int) throws(DeviceError) -> VulkanBuffer {
        try allocate(byteCount: max(count, 1) * MemoryLayout<Float>.stride)
    }

    /// A dense float32 view in temporary memory.
    func scratch(_ shape: [Int]) throws(DeviceError) -> BufferView {
        BufferView(
            buffer: try scratch(shape.reduce(1, *)), dtype: .float32, offset: 0, shape: shape,
            strides: Shape(shape).contiguousStrides)
    }

    /// Runs work that may fail; a failure is kept in the buffers that it should have written.
    func perform(writing outputs: [BufferView], _ work: () throws(DeviceError) -> Void) {
        do throws(DeviceError) {
            try work()
        } catch {
            for output in outputs { output.vulkanBuffer.fail(error) }
        }
    }

    /// Bytes of a transfer that go through host memory at once.
    private static let stagingSize = 32 << 20

    func upload(_ bytes: UnsafeRawBufferPointer, to buffer: VulkanBuffer) throws(DeviceError) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if let target = buffer.bytes, try recorder.isIdle(buffer) {
            target.copyMemory(from: source, byteCount: bytes.count)
            return
        }
        for start in stride(from: 0, to: bytes.count, by: Self.stagingSize) {
            let count = min(Self.stagingSize, bytes.count - start)
            let piece = try idleStaging(count)
            guard let target = piece.bytes else { continue }
            target.copyMemory(from: source + start, byteCount: count)
            try recorder.copy(piece, at: 0, to: buffer, at: start, byteCount: count)
        }
    }

    func download(
        _ buffer: VulkanBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError) {
        guard let target = bytes.baseAddress, bytes.count > 0 else { return }
        if let source = buffer.bytes {
            try recorder.wait(for: buffer)
            target.copyMemory(from: source + byteOffset, byteCount: bytes.count)
            return
        }
        for start in stride(from: 0, to: bytes.count, by: Self.stagingSize) {
            let count = min(Self.stagingSize, bytes.count - start)
            let piece = try idleStaging(count)
            guard let source = piece.bytes else { continue }
            try recorder.copy(buffer, at: byteOffset + start, to: piece, at: 0, byteCount: count)
            try recorder.wait(for: piece)
            (target + start).copyMemory(from: source, byteCount: count)
        }
    }

    /// Host memory that no queued copy uses.
    private func idleStaging(_ byteCount: Int) throws(DeviceError) -> VulkanBuffer {
        if let buffer = staging.allocate(byteCount: byteCount, idleAfter: try recorder.completed()) { return buffer }
        try recorder.wait()
        if let buffer = staging.allocate(byteCount: byteCount, idleAfter: try recorder.completed()) { return buffer }
        throw .outOfMemory(device: name, requested: byteCount, inUse: staging.use.current, limit: nil)
    }
}

extension DeviceFacts {
    /// Most bytes of a buffer. llvmpipe reads and writes far beyond the 128 MiB that it reports for storage buffers; its
    /// limit is that of the views as texels.
    var largestBuffer: Int {
        switch driver {
        case .llvmpipe: min(4 * texelLimit, allocationByteCount)
        case .swiftShader, .other: min(storageBufferByteCount, allocationByteCount)
        }
    }
}
