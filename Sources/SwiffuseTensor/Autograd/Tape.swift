import Synchronization

/// A recording of operations, for gradients in reverse mode.
///
/// Values watched by a tape, and everything computed from them, are recorded; `gradients(of:withRespectTo:)` walks the
/// record backwards.
/// The record is an array, so chains of any length are freed without recursion.
public final class Tape: Sendable {
    struct Record: Sendable {
        /// Positions on the tape of the values that this operation produced.
        let outputs: [Int]
        /// Turns the cotangents of the outputs (nil = zero) into cotangents of the inputs.
        let pullback: @Sendable ([Tensor?], inout GradientTable) -> Void
    }

    private struct State {
        var records: [Record] = []
        var nextPosition = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Whether to keep the record after walking it, for several losses over one recording.
    public enum Retention: Sendable { case release, keep }

    /// The same value, recorded from here on.
    public func watch(_ tensor: Tensor) -> Tensor {
        require(tensor.dtype == .float32, "watch", "gradients need float32, got \(tensor.spec)")
        return tensor.attached(to: TapeNode(tape: self, position: reserve(1)))
    }

    /// Gradients of Σ loss · seed with respect to watched values.
    ///
    /// - Parameters:
    ///   - loss: a recorded value.
    ///   - seed: cotangent with the loss's shape; ones if nil.
    ///   - retention: `.keep` to walk this recording again with another loss; `.release` frees each record as soon as
    ///     it is done.
    /// - Returns: one gradient per value, with its shape; nil where no path leads from it to the loss.
    public func gradients(
        of loss: Tensor, seed: Tensor? = nil, withRespectTo values: [Tensor], retention: Retention = .release
    ) -> [Tensor?] {
        var table = GradientTable()
        walk(from: loss, seed: seed, keeping: positions(of: values), retention: retention, table: &table)
        return values.map { value in value.node.flatMap { table.take($0.position) } }
    }

    /// Walks the record backwards from a loss, delivering into `table`; entries of `keeping` survive.
    package func walk(
        from loss: Tensor, seed: Tensor?, keeping: Set<Int>, retention: Retention, table: inout GradientTable
    ) {
        guard let node = loss.node else { return }
        require(node.tape === self, "gradients", "the loss was recorded on another tape")
        if let seed { require(seed.shape == loss.shape, "gradients", "seed \(seed.shape) for a loss \(loss.shape)") }
        let start = seed?.detached() ?? Tensor.ones(loss.shape, on: loss.device)
        table.add(start, to: node.position)
        var pending = take(retention)
        while let record = pending.popLast() {
            let cotangents = record.outputs.map { keeping.contains($0) ? table.peek($0) : table.take($0) }
            if cotangents.contains(where: { $0 != nil }) { record.pullback(cotangents, &table) }
        }
    }

    package func positions(of values: [Tensor]) -> Set<Int> {
        Set(values.compactMap { value in value.node?.tape === self ? value.node?.position : nil })
    }

    func reserve(_ count: Int) -> Int {
        state.withLock { state in
            defer { state.nextPosition += count }
            return state.nextPosition
        }
    }

    func append(_ record: Record) { state.withLock { $0.records.append(record) } }

    private func take(_ retention: Retention) -> [Record] {
        state.withLock { state in
            switch retention {
            case .keep: return state.records
            case .release:
                let records = state.records
                state.records = []
                return records
            }
        }
    }
}

/// A position on a tape.
struct TapeNode: Sendable {
    let tape: Tape
    let position: Int
    /// How to compute the value again; nil if that takes long.
    var origin: RecomputedOutput?
}

extension Tape {
    /// Gradients of a scalar loss, added in place to earlier ones.
    ///
    /// - Parameters:
    ///   - values: watched values, or unrecorded ones (whose gradient is nil).
    ///   - earlier: gradients of the same shapes to add to; taken.
    package func gradients(
        of loss: Tensor, withRespectTo values: [Tensor], addingTo earlier: inout [Tensor?]?
    ) -> [Tensor?] {
        var table = GradientTable()
        if earlier != nil {
            for (index, value) in values.enumerated() {
                guard let position = value.node?.position, let gradient = earlier?[index] else { continue }
                earlier?[index] = nil
                table.preset(gradient, at: position)
            }
        }
        walk(from: loss, seed: nil, keeping: positions(of: values), retention: .release, table: &table)
        return values.map { value in value.node.flatMap { table.take($0.position) } }
    }
}
