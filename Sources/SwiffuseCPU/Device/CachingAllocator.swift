internal import SwiffuseTensor
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A piece of memory from the system: 64-byte aligned, `capacity` bytes.
struct MemoryBlock: @unchecked Sendable {
    // Unchecked: a block has one owner, the allocator's cache or a buffer.
    let bytes: UnsafeMutableRawPointer
    let capacity: Int
}

/// Hands out memory and keeps what comes back for the next request of its size, so that a training step touches no new
/// pages.
///
/// Sizes are rounded up to classes, eight to each doubling. Large blocks are aligned to huge pages, which save page
/// faults and
/// address translations.
final class CachingAllocator: Sendable {
    private struct State {
        var free: [Int: [MemoryBlock]] = [:]
        var current = 0
        var highWaterMark = 0
        var reserved = 0
    }

    private let state = Mutex(State())
    private let deviceName: String
    let limit: Int?

    init(deviceName: String, limit: Int?) {
        self.deviceName = deviceName
        self.limit = limit
    }

    deinit {
        state.withLock { state in
            for block in state.free.values.joined() { Self.returnToSystem(block) }
        }
    }

    var use: MemoryUse {
        state.withLock { MemoryUse(current: $0.current, highWaterMark: $0.highWaterMark, reserved: $0.reserved) }
    }

    func resetHighWaterMark() { state.withLock { $0.highWaterMark = $0.current } }

    func allocate(byteCount: Int) throws(DeviceError) -> CPUBuffer {
        let capacity = Self.capacity(for: byteCount)
        guard let block = takeCached(capacity) ?? reserve(capacity) else {
            // What the limit counts: whole blocks, cached ones included.
            throw .outOfMemory(device: deviceName, requested: capacity, inUse: use.reserved, limit: limit)
        }
        state.withLock {
            $0.current += byteCount
            $0.highWaterMark = max($0.highWaterMark, $0.current)
        }
        return CPUBuffer(block: block, byteCount: byteCount, allocator: self)
    }

    func release(_ block: MemoryBlock, byteCount: Int) {
        state.withLock {
            $0.current -= byteCount
            $0.free[block.capacity, default: []].append(block)
        }
    }

    /// Returns all cached blocks to the system.
    func trim() {
        let blocks = state.withLock { state in
            let blocks = Array(state.free.values.joined())
            state.free.removeAll()
            state.reserved -= blocks.reduce(0) { $0 + $1.capacity }
            return blocks
        }
        for block in blocks { Self.returnToSystem(block) }
    }

    private func takeCached(_ capacity: Int) -> MemoryBlock? {
        state.withLock { $0.free[capacity]?.popLast() }
    }

    /// A new block, after giving the cache back if the limit or the system asks for it.
    private func reserve(_ capacity: Int) -> MemoryBlock? {
        if let block = reserveWithinLimit(capacity) { return block }
        trim()
        return reserveWithinLimit(capacity)
    }

    private func reserveWithinLimit(_ capacity: Int) -> MemoryBlock? {
        let fits = state.withLock { state in
            if let limit, state.reserved + capacity > limit { return false }
            state.reserved += capacity
            return true
        }
        guard fits else { return nil }
        if let block = Self.takeFromSystem(capacity) { return block }
        state.withLock { $0.reserved -= capacity }
        return nil
    }

    /// The size class of a request: at least 64 bytes, eight classes to each doubling.
    static func capacity(for byteCount: Int) -> Int {
        if byteCount <= 512 { return max(64, (byteCount + 63) / 64 * 64) }
        let doubling = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = 1 << (doubling - 3)
        return (byteCount + step - 1) / step * step
    }

    private static let hugePage = 2 << 20

    private static func takeFromSystem(_ capacity: Int) -> MemoryBlock? {
        var memory: UnsafeMutableRawPointer?
        let isLarge = capacity >= hugePage
        guard posix_memalign(&memory, isLarge ? hugePage : 64, capacity) == 0, let memory else { return nil }
        #if os(Linux)
            // Only advice: without huge pages everything works, a little slower.
            if isLarge { _ = madvise(memory, capacity, MADV_HUGEPAGE) }
        #endif
        return MemoryBlock(bytes: memory, capacity: capacity)
    }

    private static func returnToSystem(_ block: MemoryBlock) { free(block.bytes) }
}
