internal import SwiffuseTensor

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A stretch of addresses whose parts are handed out; the system gives memory to a page when it is first used.
struct MemorySegment: @unchecked Sendable {
    // Unchecked: whoever got a part owns its bytes.
    private let mapping: UnsafeMutableRawBufferPointer
    private let base: UnsafeMutableRawPointer
    private var free: FreeRanges
    /// How many bytes from the start have been handed out at any time: what counts as taken from the system.
    private(set) var touched = 0

    /// Parts start and end here: whole pages.
    static let granule = 4096

    /// Aligned to this, the segment can lie in huge pages, which save page faults and address translations.
    private static let hugePage = 2 << 20

    /// - Parameter byteCount: a multiple of `granule`.
    /// - Returns: nil if the system has no such stretch.
    init?(byteCount: Int) {
        let length = byteCount + Self.hugePage
        let start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else { return nil }
        mapping = UnsafeMutableRawBufferPointer(start: start, count: length)
        base = start.alignedUp(toMultipleOf: Self.hugePage)
        free = FreeRanges(capacity: byteCount)
        #if os(Linux)
            // Only advice: without huge pages everything works, a little slower.
            _ = madvise(base, byteCount, MADV_HUGEPAGE)
        #endif
    }

    var isUnused: Bool { free.isWholeBlock }

    /// Where a request fits best.
    struct Fit {
        fileprivate let index: Int
        /// Size of the part that it is cut from.
        let partSize: Int
        /// How much memory the system has to add.
        let growth: Int
    }

    /// - Returns: nil if no part is large enough.
    func fit(_ byteCount: Int) -> Fit? {
        free.bestFit(byteCount).map { index in
            let part = free.parts[index]
            return Fit(index: index, partSize: part.count, growth: max(0, part.start + byteCount - touched))
        }
    }

    mutating func take(_ byteCount: Int, at fit: Fit) -> UnsafeMutableRawPointer {
        let part = free.take(byteCount, from: fit.index)
        touched = max(touched, part.end)
        return base + part.start
    }

    mutating func put(_ bytes: UnsafeMutableRawPointer, byteCount: Int) {
        free.put(FreeRanges.Part(start: bytes - base, count: byteCount))
    }

    /// Gives free pages back to the system; those between parts in use still count as touched.
    mutating func trim() {
        for part in free.parts where part.start < touched {
            _ = madvise(base + part.start, min(part.end, touched) - part.start, MADV_DONTNEED)
            if part.end >= touched { touched = part.start }
        }
    }

    /// Gives everything back to the system; nothing of it may be in use.
    func unmap() { _ = munmap(mapping.baseAddress, mapping.count) }
}
