internal import SwiffuseTensor
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A piece of memory, 64-byte aligned.
struct MemoryBlock: @unchecked Sendable {
    // Unchecked: a block has one owner, the allocator's cache or a buffer.
    let bytes: UnsafeMutableRawPointer
    let capacity: Int
    /// Number of the segment that it is a part of; nil for a small block.
    let segment: Int?
}

/// Hands out memory and keeps what comes back, so that a training step touches no new pages.
///
/// Large blocks are parts of segments: what is freed joins its neighbours, and serves requests of any size. Small ones
/// are kept for the next request of their size class, of which there are eight to each doubling.
final class CachingAllocator: Sendable {
    private struct State {
        var segments: [Int: MemorySegment] = [:]
        var nextSegment = 0
        /// Small blocks, by capacity.
        var free: [Int: [MemoryBlock]] = [:]
        /// Bytes of all small blocks.
        var smallBytes = 0
        var current = 0
        var highWaterMark = 0

        var reserved: Int { segments.values.reduce(smallBytes) { $0 + $1.residentBytes } }
    }

    private let state = Mutex(State())
    private let deviceName: String
    let limit: Int?

    /// Requests from here on are parts of segments.
    private static let leastLarge = 64 << 10

    /// Addresses of a segment, most of which may never be used; fewer where the system refuses that many.
    private static let segmentSizes = [4 << 30, 256 << 20, 0]

    init(deviceName: String, limit: Int?) {
        self.deviceName = deviceName
        self.limit = limit
    }

    deinit {
        state.withLock { state in
            for block in state.free.values.joined() { Self.returnToSystem(block) }
            for segment in state.segments.values { segment.unmap() }
        }
    }

    var use: MemoryUse {
        state.withLock { MemoryUse(current: $0.current, highWaterMark: $0.highWaterMark, reserved: $0.reserved) }
    }

    func resetHighWaterMark() { state.withLock { $0.highWaterMark = $0.current } }

    func allocate(byteCount: Int) throws(DeviceError) -> CPUBuffer {
        let block = state.withLock { state -> MemoryBlock? in
            // A second try after giving the cache back, if the limit or the system asks for it.
            guard let block = take(byteCount, &state) ?? takeAfterTrimming(byteCount, &state) else { return nil }
            state.current += byteCount
            state.highWaterMark = max(state.highWaterMark, state.current)
            return block
        }
        guard let block else {
            // What the limit counts: free memory on hand included.
            throw .outOfMemory(device: deviceName, requested: byteCount, inUse: use.reserved, limit: limit)
        }
        return CPUBuffer(block: block, byteCount: byteCount, allocator: self)
    }

    func release(_ block: MemoryBlock, byteCount: Int) {
        state.withLock {
            $0.current -= byteCount
            if let segment = block.segment {
                $0.segments[segment]?.put(block.bytes, byteCount: block.capacity)
            } else {
                $0.free[block.capacity, default: []].append(block)
            }
        }
    }

    /// Returns free memory to the system.
    func trim() { state.withLock { Self.trim(&$0) } }

    private static func trim(_ state: inout State) {
        for block in state.free.values.joined() {
            state.smallBytes -= block.capacity
            returnToSystem(block)
        }
        state.free.removeAll()
        for number in state.segments.keys {
            if state.segments[number]?.isUnused == true {
                state.segments.removeValue(forKey: number)?.unmap()
            } else {
                state.segments[number]?.trim()
            }
        }
    }

    /// Frees a small block.
    private static func returnToSystem(_ block: MemoryBlock) { free(block.bytes) }

    private func takeAfterTrimming(_ byteCount: Int, _ state: inout State) -> MemoryBlock? {
        Self.trim(&state)
        return take(byteCount, &state)
    }

    private func take(_ byteCount: Int, _ state: inout State) -> MemoryBlock? {
        byteCount < Self.leastLarge ? takeSmall(byteCount, &state) : takeLarge(byteCount, &state)
    }

    private func isWithinLimit(_ growth: Int, _ state: borrowing State) -> Bool {
        limit.map { state.reserved + growth <= $0 } ?? true
    }

    private func takeSmall(_ byteCount: Int, _ state: inout State) -> MemoryBlock? {
        let capacity = Self.capacity(for: byteCount)
        if let block = state.free[capacity]?.popLast() { return block }
        var memory: UnsafeMutableRawPointer?
        guard isWithinLimit(capacity, state), posix_memalign(&memory, 64, capacity) == 0, let memory else { return nil }
        state.smallBytes += capacity
        return MemoryBlock(bytes: memory, capacity: capacity, segment: nil)
    }

    private func takeLarge(_ byteCount: Int, _ state: inout State) -> MemoryBlock? {
        let capacity = Self.pages(byteCount)
        guard let (number, fit) = bestFit(capacity, state) ?? addSegment(for: capacity, &state) else { return nil }
        guard fit.growth == 0 || isWithinLimit(fit.growth, state) else { return nil }
        guard let bytes = state.segments[number]?.take(capacity, at: fit) else { return nil }
        return MemoryBlock(bytes: bytes, capacity: capacity, segment: number)
    }

    /// The smallest part that fits; of equal ones that of the oldest segment.
    private func bestFit(_ capacity: Int, _ state: borrowing State) -> (number: Int, fit: MemorySegment.Fit)? {
        var best: (number: Int, fit: MemorySegment.Fit)?
        for (number, segment) in state.segments {
            guard let fit = segment.fit(capacity) else { continue }
            if let best, (best.fit.partSize, best.number) < (fit.partSize, number) { continue }
            best = (number, fit)
        }
        return best
    }

    private func addSegment(for capacity: Int, _ state: inout State) -> (number: Int, fit: MemorySegment.Fit)? {
        guard isWithinLimit(capacity, state) else { return nil }
        // What lies beyond a limit is never used.
        let most = limit.map { Self.pages($0) } ?? .max
        for size in Self.segmentSizes {
            let byteCount = max(capacity, min(size, most))
            guard let segment = MemorySegment(byteCount: byteCount), let fit = segment.fit(capacity) else { continue }
            let number = state.nextSegment
            state.nextSegment += 1
            state.segments[number] = segment
            return (number, fit)
        }
        return nil
    }

    /// A size in whole pages.
    private static func pages(_ byteCount: Int) -> Int {
        let granule = MemorySegment.granule
        return byteCount / granule * granule + (byteCount % granule == 0 ? 0 : granule)
    }

    /// The size class of a small request: at least 64 bytes, eight classes to each doubling.
    static func capacity(for byteCount: Int) -> Int {
        if byteCount <= 512 { return max(64, (byteCount + 63) / 64 * 64) }
        let doubling = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = 1 << (doubling - 3)
        return (byteCount + step - 1) / step * step
    }
}
