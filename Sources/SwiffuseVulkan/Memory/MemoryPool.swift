internal import CVulkan
internal import SwiffuseTensor
internal import Synchronization

/// Hands out parts of large blocks of memory.
///
/// A part can be given out again at once, even while earlier work on it is still queued: the queue runs in order, and
/// the recorder puts barriers where needed. Only the host must not write such a part: it asks for idle ones.
final class MemoryPool: @unchecked Sendable {
    // Unchecked: `lock` guards the stored properties below it.
    private struct Entry {
        let block: MemoryBlock
        var free: FreeRanges
    }

    let context: VulkanContext
    let limit: Int?
    /// What the starts of bound ranges are multiples of; nil where kernels are bound to whole blocks.
    let bindingAlignment: Int?
    private let kind: cvk_memory_kind
    private let lock = Mutex(())
    private var entries: [Int: Entry] = [:]
    private var nextNumber = 0
    private var nextBlockSize = 16 << 20
    private var current = 0
    private var highWaterMark = 0
    private var reserved = 0

    /// - Parameters:
    ///   - kind: memory for kernels, or for copies between host and device.
    ///   - limit: most bytes to take from the system; nil for no limit.
    ///   - bindsExactly: whether kernels are bound to the bytes of their operands alone.
    init(_ context: VulkanContext, kind: cvk_memory_kind, limit: Int?, bindsExactly: Bool = false) {
        bindingAlignment = bindsExactly ? context.facts.bindingAlignment : nil
        self.context = context
        self.kind = kind
        self.limit = limit
    }

    var use: MemoryUse {
        lock.withLock { _ in MemoryUse(current: current, highWaterMark: highWaterMark, reserved: reserved) }
    }

    func resetHighWaterMark() { lock.withLock { _ in highWaterMark = current } }

    /// Alignment and granule of parts: what every device accepts for storage and texel buffers.
    static let granule = 256

    /// A buffer, or nil if blocks on hand and the system have no room.
    ///
    /// - Parameter completed: if given, the part is idle once this submission is done, so that the host may write it.
    func allocate(byteCount: Int, idleAfter completed: UInt64? = nil) -> VulkanBuffer? {
        lock.withLock { _ in
            let count = max(1, (byteCount + Self.granule - 1) / Self.granule) * Self.granule
            guard let (block, part) = takeFree(count, idleAfter: completed) ?? takeNew(count) else { return nil }
            current += byteCount
            highWaterMark = max(highWaterMark, current)
            return VulkanBuffer(block: block, part: part, byteCount: byteCount, pool: self)
        }
    }

    func release(_ part: FreeRanges.Part, of block: MemoryBlock, byteCount: Int) {
        lock.withLock { _ in
            current -= byteCount
            entries[block.number]?.free.put(part)
        }
    }

    /// Gives blocks without any buffer back to the system; no recorded work may use them any more.
    func trim() -> Bool {
        lock.withLock { _ in
            let unused = entries.values.filter(\.free.isWholeBlock).map(\.block)
            for block in unused {
                entries[block.number] = nil
                reserved -= block.byteCount
            }
            return !unused.isEmpty
        }
    }

    private func takeFree(_ count: Int, idleAfter completed: UInt64?) -> (MemoryBlock, FreeRanges.Part)? {
        var best: (number: Int, index: Int, size: Int)?
        for (number, entry) in entries {
            guard let index = entry.free.bestFit(count, idleAfter: completed) else { continue }
            let size = entry.free.parts[index].count
            // The order of a dictionary is random: the lower number wins among equals.
            if let known = best, (known.size, known.number) < (size, number) { continue }
            best = (number, index, size)
        }
        guard let best, let block = entries[best.number]?.block,
            let part = entries[best.number]?.free.take(count, from: best.index)
        else { return nil }
        return (block, part)
    }

    private func takeNew(_ count: Int) -> (MemoryBlock, FreeRanges.Part)? {
        let preferred = max(count, min(nextBlockSize, largestSharedBlock))
        // A block for this request alone where a large one does not fit any more.
        for size in preferred == count ? [count] : [preferred, count] {
            if let limit, reserved + size > limit { continue }
            if let taken = takeNew(count, blockSize: size) { return taken }
        }
        return nil
    }

    private func takeNew(_ count: Int, blockSize: Int) -> (MemoryBlock, FreeRanges.Part)? {
        var created = cvk_block()
        let hasViews = kind == cvk_device_memory && context.profile.usesTexels
        guard cvk_block_create(context.handle, UInt64(blockSize), kind, hasViews, &created) >= 0 else { return nil }
        let block = MemoryBlock(created, number: nextNumber, context: context)
        var free = FreeRanges(capacity: blockSize)
        let part = free.take(count, from: 0)
        entries[nextNumber] = Entry(block: block, free: free)
        nextNumber += 1
        reserved += blockSize
        nextBlockSize = min(2 * nextBlockSize, largestSharedBlock)
        return (block, part)
    }

    /// Blocks for many buffers stay below what one binding may span.
    private var largestSharedBlock: Int {
        min(128 << 20, context.facts.storageBufferByteCount / Self.granule * Self.granule)
    }
}
