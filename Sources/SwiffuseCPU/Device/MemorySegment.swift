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
    /// How many bytes from the start may have memory: those handed out since the last trimming at least.
    private var touched = 0
    /// Parts before the end of `touched` that were given back, in order; no two overlap.
    private var returned: [Range<Int>] = []

    /// Parts start and end here: whole pages.
    static let granule = max(4096, Int(sysconf(Int32(_SC_PAGESIZE))))

    /// Bytes taken from the system.
    var residentBytes: Int { touched - returned.reduce(0) { $0 + $1.count } }

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
            return Fit(
                index: index, partSize: part.count, growth: growth(part.start..<part.start + byteCount))
        }
    }

    private func growth(_ range: Range<Int>) -> Int {
        returned.reduce(max(0, range.upperBound - max(touched, range.lowerBound))) {
            $0 + $1.clamped(to: range).count
        }
    }

    mutating func take(_ byteCount: Int, at fit: Fit) -> UnsafeMutableRawPointer {
        let part = free.take(byteCount, from: fit.index)
        returned = returned.flatMap { $0.without(part.start..<part.end) }
        touched = max(touched, part.end)
        return base + part.start
    }

    mutating func put(_ bytes: UnsafeMutableRawPointer, byteCount: Int) {
        free.put(FreeRanges.Part(start: bytes - base, count: byteCount))
    }

    /// Gives free pages back to the system.
    mutating func trim() {
        var kept: [Range<Int>] = []
        for part in free.parts where part.start < touched {
            let range = part.start..<min(part.end, touched)
            guard madvise(base + range.lowerBound, range.count, MADV_DONTNEED) == 0 else {
                // The system keeps them, as far as it had them.
                kept += returned.map { $0.clamped(to: range) }.filter { !$0.isEmpty }
                continue
            }
            if part.end >= touched { touched = range.lowerBound } else { kept.append(range) }
        }
        returned = kept
    }

    /// Gives everything back to the system; nothing of it may be in use.
    func unmap() { _ = munmap(mapping.baseAddress, mapping.count) }
}

extension Range<Int> {
    /// What is left of this range: none, one or two ranges.
    fileprivate func without(_ other: Range<Int>) -> [Range<Int>] {
        guard overlaps(other) else { return [self] }
        let before = lowerBound..<Swift.max(lowerBound, other.lowerBound)
        let after = Swift.min(upperBound, other.upperBound)..<upperBound
        return [before, after].filter { !$0.isEmpty }
    }
}
