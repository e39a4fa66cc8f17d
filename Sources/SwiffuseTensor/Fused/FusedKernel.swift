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
        /// The inputs named in `keepsInputs`; nil for the others.
        public let inputs: [BufferView?]
        /// The outputs named in `keepsOutputs`; nil for the others.
        public let outputs: [BufferView?]
        public let residuals: [BufferView]
        /// One dense cotangent per output.
        public let cotangents: [BufferView]
        /// Where to put the gradient of each input; nil where none is needed.
        public let gradients: [GradientSlot?]
    }

    /// Inputs that may be strided views; the others are made dense first.
    public let acceptsStrided: Set<Int>
    /// Inputs that the backward kernel reads.
    public let keepsInputs: Set<Int>
    /// Outputs that the backward kernel reads.
    public let keepsOutputs: Set<Int>
    public let residuals: @Sendable (Op, [TensorSpec]) -> [TensorSpec]
    public let forward: @Sendable (Op, Forward) -> Void
    /// Several updates in place at once, for devices whose launches cost more than small tensors' arithmetic; nil runs
    /// `forward` for each.
    public let updateAll: (@Sendable (Op, [Forward]) -> Void)?
    /// nil for operations without a gradient, such as an optimiser's step.
    public let backward: (@Sendable (Op, Backward) -> Void)?

    public init(
        acceptsStrided: Set<Int> = [], keepsInputs: Set<Int> = [], keepsOutputs: Set<Int> = [],
        residuals: @escaping @Sendable (Op, [TensorSpec]) -> [TensorSpec] = { _, _ in [] },
        forward: @escaping @Sendable (Op, Forward) -> Void,
        updateAll: (@Sendable (Op, [Forward]) -> Void)? = nil,
        backward: (@Sendable (Op, Backward) -> Void)?
    ) {
        self.acceptsStrided = acceptsStrided
        self.keepsInputs = keepsInputs
        self.keepsOutputs = keepsOutputs
        self.residuals = residuals
        self.forward = forward
        self.updateAll = updateAll
        self.backward = backward
    }
}

/// A kernel of some operation, for tables that hold kernels of many.
public protocol AnyFusedKernel: Sendable {
    var opName: OpName { get }
    /// The same allocation pattern with kernels that compute nothing but report their arithmetic.
    func shapesOnly(counting: @escaping @Sendable (Int) -> Void) -> any AnyFusedKernel
}

extension FusedKernel: AnyFusedKernel {
    public var opName: OpName { Op.name }

    public func shapesOnly(counting: @escaping @Sendable (Int) -> Void) -> any AnyFusedKernel {
        let count: @Sendable (Op, Forward) -> Void = { op, call in
            counting(op.floatingPointOperations(for: call.inputs.map { TensorSpec(Shape($0.shape), $0.dtype) }))
        }
        let nothing: @Sendable (Op, Backward) -> Void = { _, _ in }
        return FusedKernel<Op>(
            acceptsStrided: acceptsStrided, keepsInputs: keepsInputs, keepsOutputs: keepsOutputs, residuals: residuals,
            forward: count, backward: backward == nil ? nil : nothing)
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
        var table = KernelTable()
        table.kernels = kernels.mapValues { $0.shapesOnly(counting: counting) }
        return table
    }
}
