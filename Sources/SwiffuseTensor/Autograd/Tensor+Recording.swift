/// How the cotangent of a result flows back to one input.
struct Pullback: Sendable {
    let input: Tensor
    let cotangent: @Sendable (Tensor) -> Tensor

    init(_ input: Tensor, _ cotangent: @escaping @Sendable (Tensor) -> Tensor) {
        self.input = input
        self.cotangent = cotangent
    }
}

extension Tensor {
    /// This result, recorded if any of its inputs is; closures must capture detached tensors only.
    func recorded(_ pullbacks: Pullback...) -> Tensor {
        let active = pullbacks.filter(\.input.isTracked)
        guard let tape = active.first?.input.node?.tape else { return self }
        let flows = active.map { pullback in
            (position: Tensor.position(of: pullback.input, on: tape), cotangent: pullback.cotangent)
        }
        let position = tape.reserve(1)
        tape.append(
            Tape.Record(outputs: [position]) { cotangents, table in
                guard let cotangent = cotangents[0] else { return }
                for flow in flows { table.add(flow.cotangent(cotangent), to: flow.position) }
            })
        return attached(to: TapeNode(tape: tape, position: position))
    }

    static func position(of tensor: Tensor, on tape: Tape) -> Int {
        guard let node = tensor.node, node.tape === tape else {
            fatalError("recording: an operation mixes values of two tapes; detach one of them")
        }
        return node.position
    }
}
