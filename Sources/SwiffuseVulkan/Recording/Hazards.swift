/// The bytes that were read and written since the last barrier, to put a barrier only where one is needed.
struct Hazards {
    private struct Span {
        let block: Int
        let range: Range<Int>
    }

    private var reads: [Span] = []
    private var writes: [Span] = []
    /// Beyond this many spans a barrier is cheaper than looking.
    private static let limit = 256

    /// Whether an access must wait for an earlier one.
    func conflicts(_ operands: [Operand]) -> Bool {
        if reads.count + writes.count > Hazards.limit { return true }
        return operands.contains { operand in
            let range = operand.view.touchedRange
            let block = operand.view.vulkanBuffer.block.number
            return touches(writes, block, range) || operand.access != .read && touches(reads, block, range)
        }
    }

    mutating func add(_ operands: [Operand]) {
        for operand in operands {
            let span = Span(block: operand.view.vulkanBuffer.block.number, range: operand.view.touchedRange)
            if operand.access == .read { reads.append(span) } else { writes.append(span) }
        }
    }

    mutating func clear() {
        reads.removeAll(keepingCapacity: true)
        writes.removeAll(keepingCapacity: true)
    }

    private func touches(_ spans: [Span], _ block: Int, _ range: Range<Int>) -> Bool {
        spans.contains { $0.block == block && $0.range.overlaps(range) }
    }
}
