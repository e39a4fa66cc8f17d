internal import SwiffuseTensor
internal import Synchronization

/// A part of a block; it goes back to the pool with the last reference.
final class VulkanBuffer: DeviceBuffer, @unchecked Sendable {
    // Unchecked: places are set once, the rest is atomic or behind its own lock.
    let block: MemoryBlock
    let byteCount: Int
    private let part: FreeRanges.Part
    private let pool: MemoryPool
    private let latestUse: Atomic<UInt64>
    private let hasFailed = Atomic(false)
    private let firstFailure = Mutex<DeviceError?>(nil)

    init(block: MemoryBlock, part: FreeRanges.Part, byteCount: Int, pool: MemoryPool) {
        self.block = block
        self.part = part
        self.byteCount = byteCount
        self.pool = pool
        latestUse = Atomic(part.lastUse)
    }

    deinit {
        let given = FreeRanges.Part(start: part.start, count: part.count, lastUse: lastUse)
        pool.release(given, of: block, byteCount: byteCount)
    }

    /// Distance from the start of the block, in bytes.
    var start: Int { part.start }

    /// What the starts of bound ranges are multiples of; nil where kernels are bound to whole blocks.
    var bindingAlignment: Int? { pool.bindingAlignment }

    /// Number of the last submission that touches the memory.
    var lastUse: UInt64 {
        get { latestUse.load(ordering: .acquiring) }
        set { latestUse.store(newValue, ordering: .releasing) }
    }

    /// Where the host sees the buffer; nil if it does not.
    var bytes: UnsafeMutableRawPointer? { block.bytes.map { $0 + part.start } }

    var failure: DeviceError? {
        hasFailed.load(ordering: .acquiring) ? firstFailure.withLock { $0 } : nil
    }

    /// Marks the contents as worthless; the first reason stays.
    func fail(_ error: DeviceError) {
        firstFailure.withLock { if $0 == nil { $0 = error } }
        hasFailed.store(true, ordering: .releasing)
    }
}

extension BufferView {
    var vulkanBuffer: VulkanBuffer {
        guard let buffer = buffer as? VulkanBuffer else {
            fatalError("vulkan: an operand lives on another device")
        }
        return buffer
    }

    /// Position of the first element from the start of what a kernel is bound to, in elements.
    var place: Int {
        let buffer = vulkanBuffer
        return (buffer.start - (boundRange(in: buffer)?.lowerBound ?? 0)) / dtype.byteCount + offset
    }

    /// The bytes of the block between the view's first and last element.
    var byteRange: Range<Int> { byteRange(in: vulkanBuffer) }

    /// The bytes of the block that a kernel is bound to, in whole vectors; nil for the whole block.
    var boundRange: Range<Int>? { boundRange(in: vulkanBuffer) }

    /// The bytes of the block that a kernel may read or write.
    var touchedRange: Range<Int> {
        let buffer = vulkanBuffer
        return boundRange(in: buffer) ?? byteRange(in: buffer)
    }

    private func byteRange(in buffer: VulkanBuffer) -> Range<Int> {
        let last = zip(shape, strides).reduce(0) { $0 + max($1.0 - 1, 0) * $1.1 }
        let start = buffer.start + offset * dtype.byteCount
        return start..<start + (count == 0 ? 0 : (last + 1) * dtype.byteCount)
    }

    private func boundRange(in buffer: VulkanBuffer) -> Range<Int>? {
        guard let alignment = buffer.bindingAlignment else { return nil }
        let range = byteRange(in: buffer)
        let vector = 4 * MemoryLayout<Float>.stride
        let start = range.lowerBound / alignment * alignment
        return start..<max(start + vector, (range.upperBound + vector - 1) / vector * vector)
    }
}
