/// The free parts of a block of memory, sorted by place, neighbours joined.
package struct FreeRanges: Sendable {
    package struct Part: Equatable, Sendable {
        package var start: Int
        package var count: Int
        /// Number of the last submission that touches the part; 0 where work is done when it returns.
        package var lastUse: UInt64
        package var end: Int { start + count }

        package init(start: Int, count: Int, lastUse: UInt64 = 0) {
            self.start = start
            self.count = count
            self.lastUse = lastUse
        }
    }

    package private(set) var parts: [Part]
    package let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
        parts = [Part(start: 0, count: capacity)]
    }

    package var isWholeBlock: Bool { parts.count == 1 && parts[0].count == capacity }

    /// The smallest part that holds `count` bytes, the first among equals.
    ///
    /// - Parameter completed: if given, only parts that submissions up to this one alone have touched.
    package func bestFit(_ count: Int, idleAfter completed: UInt64? = nil) -> Int? {
        var best: Int?
        for index in parts.indices where parts[index].count >= count {
            if let completed, parts[index].lastUse > completed { continue }
            if let known = best, parts[known].count <= parts[index].count { continue }
            best = index
        }
        return best
    }

    /// Takes `count` bytes from the start of a part.
    package mutating func take(_ count: Int, from index: Int) -> Part {
        let taken = Part(start: parts[index].start, count: count, lastUse: parts[index].lastUse)
        if parts[index].count == count {
            parts.remove(at: index)
        } else {
            parts[index].start += count
            parts[index].count -= count
        }
        return taken
    }

    /// Gives a part back.
    package mutating func put(_ part: Part) {
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].start < part.start { low = middle + 1 } else { high = middle }
        }
        parts.insert(part, at: low)
        if low + 1 < parts.count && parts[low].end == parts[low + 1].start { join(low) }
        if low > 0 && parts[low - 1].end == parts[low].start { join(low - 1) }
    }

    private mutating func join(_ index: Int) {
        let next = parts.remove(at: index + 1)
        parts[index].count += next.count
        parts[index].lastUse = max(parts[index].lastUse, next.lastUse)
    }
}
