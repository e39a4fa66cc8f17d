/// Runs a block without keeping its inner values; they are computed again when the gradient is needed (activation
/// checkpointing,
/// Chen et al., arXiv:1604.06174).
///
/// - Parameters:
///   - inputs: all recorded values that the block uses; it must not use others.
///   - block: a pure function; called once now and once more during the backward walk.
/// - Returns: the block's results, recorded if any input is.
public func recompute(_ inputs: [Tensor], _ block: @escaping @Sendable ([Tensor]) -> [Tensor]) -> [Tensor] {
    let plain = inputs.map { $0.detached() }
    let results = block(plain).map { $0.detached() }
    guard let tape = inputs.lazy.compactMap(\.node?.tape).first else { return results }
    let positions = inputs.map { $0.isTracked ? Tensor.position(of: $0, on: tape) : nil }
    let first = tape.reserve(results.count)
    tape.append(
        Tape.Record(outputs: Array(first..<first + results.count)) { cotangents, table in
            let inner = Tape()
            let watched = zip(plain, positions).map { $1 == nil ? $0 : inner.watch($0) }
            let outputs = block(watched)
            var innerTable = GradientTable()
            inner.walk(outputs, cotangents, keeping: inner.positions(of: watched), table: &innerTable)
            for (value, position) in zip(watched, positions) {
                guard let position, let node = value.node, let gradient = innerTable.take(node.position) else {
                    continue
                }
                table.add(gradient, to: position)
            }
        })
    return results.enumerated().map { $1.attached(to: TapeNode(tape: tape, position: first + $0)) }
}

extension Tape {
    /// Walks backwards from several outputs at once.
    func walk(_ outputs: [Tensor], _ cotangents: [Tensor?], keeping: Set<Int>, table: inout GradientTable) {
        var last: (output: Tensor, cotangent: Tensor)?
        for (output, cotangent) in zip(outputs, cotangents) {
            guard let cotangent, let node = output.node else { continue }
            if let last, let lastNode = last.output.node { table.add(last.cotangent, to: lastNode.position) }
            last = (output, cotangent)
            require(node.tape === self, "recompute", "the block returned a value of another tape")
        }
        guard let last else { return }
        walk(from: last.output, seed: last.cotangent, keeping: keeping, retention: .release, table: &table)
    }
}
