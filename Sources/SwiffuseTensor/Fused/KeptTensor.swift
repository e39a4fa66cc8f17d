/// What a gradient needs of a forward pass: a tensor, or the way to it.
enum KeptTensor: Sendable {
    case value(Tensor)
    case output(RecomputedOutput)

    /// - Parameters:
    ///   - input: an operation's input as its caller gave it.
    ///   - operand: the same as the kernel read it.
    init(_ input: Tensor, readAs operand: Tensor) {
        // A dense copy, made for the kernel, is kept itself.
        if let origin = input.node?.origin, input.storage === operand.storage {
            self = .output(origin)
        } else {
            self = .value(operand)
        }
    }
}

/// A result of a cheap operation, which can be had again.
struct RecomputedOutput: Sendable {
    let launch: RecomputedLaunch
    let index: Int
}

/// A launch that can be repeated: its kernel with its inputs.
///
/// The inputs are kept themselves, so that chains of cheap operations need no recursion.
final class RecomputedLaunch: Sendable {
    private let inputs: [Tensor]
    private let run: @Sendable ([Tensor]) -> [Tensor]

    /// - Parameter run: computes all results from the inputs.
    init(_ inputs: [Tensor], run: @escaping @Sendable ([Tensor]) -> [Tensor]) {
        self.inputs = inputs
        self.run = run
    }

    func results() -> [Tensor] { run(inputs) }
}

/// Computes kept values again for one gradient; several results of one launch come from one repetition.
struct Recomputing {
    private var results: [ObjectIdentifier: [Tensor]] = [:]

    mutating func tensor(_ kept: KeptTensor) -> Tensor {
        switch kept {
        case .value(let tensor): return tensor
        case .output(let output):
            let computed = results[ObjectIdentifier(output.launch)] ?? output.launch.results()
            results[ObjectIdentifier(output.launch)] = computed
            return computed[output.index]
        }
    }
}
