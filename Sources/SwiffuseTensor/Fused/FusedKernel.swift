/// A device's fast path for one fused operation, forward and backward.
///
/// The caller checks shapes, allocates every result and carries failures on; a kernel only computes.
public struct FusedKernel<Op: FusedOp>: Sendable {
    /// What a forward kernel gets. All views are dense unless listed in `acceptsStrided`.
    public struct Forward: Sendable {
        public let inputs: [BufferView]
        public let outputs: [BufferView]
        /// Extra results kept for the backward kernel; empty when nothing is recorded.
        public let residuals: [BufferView]
    }

    /// What a backward kernel gets.
    public struct Backward: Sendable {
        /// The inputs that `keeps` names; nil for the others.
        public let inputs: [BufferView?]
        /// The outputs that `keeps` names; nil for the others.
        public let outputs: [BufferView?]
        public let residuals: [BufferView]
        /// One dense cotangent per output.
        public let cotangents: [BufferView]
        /// Where to put the gradient of each input; nil where none is needed.
        public let gradients: [GradientSlot?]
        /// Shapes of all inputs, kept or not.
        public let inputSpecs: [TensorSpec]
    }

    /// Inputs that may be strided views; the others are made dense first.
    public let acceptsStrided: Set<Int>
    /// What the backward kernel reads when the gradients of the inputs at some positions are needed.
    public let keeps: @Sendable (_ op: Op, _ needed: Set<Int>) -> KeptOperands
    public let residuals: @Sendable (Op, [TensorSpec]) -> [TensorSpec]
    public let forward: @Sendable (Op, Forward) -> Void
    /// Several updates in place at once, for devices whose launches cost more than small tensors' arithmetic; nil runs
    /// `forward` for each.
    public let updateAll: (@Sendable (Op, [Forward]) -> Void)?
    /// nil for operations without a gradient, such as an optimiser's step.
    public let backward: (@Sendable (Op, Backward) -> Void)?

    /// - Parameters:
    ///   - keepsInputs: inputs that the backward kernel reads.
    ///   - keepsOutputs: outputs that the backward kernel reads.
    public init(
        acceptsStrided: Set<Int> = [], keepsInputs: Set<Int> = [], keepsOutputs: Set<Int> = [],
        residuals: @escaping @Sendable (Op, [TensorSpec]) -> [TensorSpec] = { _, _ in [] },
        forward: @escaping @Sendable (Op, Forward) -> Void,
        updateAll: (@Sendable (Op, [Forward]) -> Void)? = nil,
        backward: (@Sendable (Op, Backward) -> Void)?
    ) {
        let kept = KeptOperands(inputs: keepsInputs, outputs: keepsOutputs)
        self.init(
            acceptsStrided: acceptsStrided, keeps: { _, _ in kept }, residuals: residuals, forward: forward,
            updateAll: updateAll, backward: backward)
    }

    /// A kernel whose backward pass reads less when fewer gradients are needed.
    public init(
        acceptsStrided: Set<Int> = [], keeps: @escaping @Sendable (_ op: Op, _ needed: Set<Int>) -> KeptOperands,
        residuals: @escaping @Sendable (Op, [TensorSpec]) -> [TensorSpec] = { _, _ in [] },
        forward: @escaping @Sendable (Op, Forward) -> Void,
        updateAll: (@Sendable (Op, [Forward]) -> Void)? = nil,
        backward: (@Sendable (Op, Backward) -> Void)?
    ) {
        self.acceptsStrided = acceptsStrided
        self.keeps = keeps
        self.residuals = residuals
        self.forward = forward
        self.updateAll = updateAll
        self.backward = backward
    }
}

/// Positions of the inputs and outputs that a recording keeps for a backward kernel.
public struct KeptOperands: Sendable, Hashable {
    public let inputs: Set<Int>
    public let outputs: Set<Int>

    public init(inputs: Set<Int>, outputs: Set<Int> = []) {
        self.inputs = inputs
        self.outputs = outputs
    }
}

/// A kernel of some operation, for tables that hold kernels of many.
public protocol AnyFusedKernel: Sendable {
    var opName: OpName { get }
    /// The same allocation pattern with kernels that compute nothing but report their arithmetic.
    func shapesOnly(counting: @escaping @Sendable (Int) -> Void) -> any AnyFusedKernel
    /// The same kernels, with every launch handed to an observer that has to run it.
    func observed(by observer: @escaping LaunchObserver) -> any AnyFusedKernel
}

extension FusedKernel: AnyFusedKernel {
    public var opName: OpName { Op.name }

    public func shapesOnly(counting: @escaping @Sendable (Int) -> Void) -> any AnyFusedKernel {
        let count: @Sendable (Op, Forward) -> Void = { op, call in
            counting(op.floatingPointOperations(for: call.inputs.map { TensorSpec(Shape($0.shape), $0.dtype) }))
        }
        let nothing: @Sendable (Op, Backward) -> Void = { _, _ in }
        return FusedKernel<Op>(
            acceptsStrided: acceptsStrided, keeps: keeps, residuals: residuals, forward: count,
            backward: backward == nil ? nil : nothing)
    }
}

/// The fused operations that a device has kernels for.
public struct KernelTable: Sendable {
    private var kernels: [ObjectIdentifier: any AnyFusedKernel] = [:]

    public init() {}

    public mutating func add<Op: FusedOp>(_ kernel: FusedKernel<Op>) { kernels[ObjectIdentifier(Op.self)] = kernel }

    public func kernel<Op: FusedOp>(for op: Op.Type) -> FusedKernel<Op>? {
        kernels[ObjectIdentifier(op)] as? FusedKernel<Op>
    }

    /// Names of the covered operations, sorted.
    public var names: [OpName] { kernels.values.map(\.opName).sorted { $0.name < $1.name } }

    /// A table with the same allocation pattern that computes nothing.
    public func shapesOnly(counting: @escaping @Sendable (Int) -> Void) -> KernelTable {
        mapped { $0.shapesOnly(counting: counting) }
    }

    /// A table of the same kernels, with every launch handed to an observer that has to run it.
    public func observed(by observer: @escaping LaunchObserver) -> KernelTable {
        mapped { $0.observed(by: observer) }
    }

    private func mapped(_ change: (any AnyFusedKernel) -> any AnyFusedKernel) -> KernelTable {
        var table = KernelTable()
        table.kernels = kernels.mapValues(change)
        return table
    }
}
