/// One run of an operation on a device, as its observers see it.
public struct Launch: Sendable {
    /// `linear`, `linear gradient`, `multiply`, ….
    public let name: String
    /// Bytes of all operands; what is read and written counts twice.
    public let bytes: Int
    /// Arithmetic; of a gradient an estimate.
    public let floatingPointOperations: Int
}

/// Called in place of a launch; has to call its second argument, which runs it.
public typealias LaunchObserver = @Sendable (Launch, () -> Void) -> Void

extension Launch {
    init(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        name = op.name
        bytes = inputs.reduce(0) { $0 + $1.byteCount } + output.byteCount * (mode == .accumulate ? 2 : 1)
        floatingPointOperations = op.floatingPointOperations(reading: inputs, writing: output)
    }

    init<Op: FusedOp>(_ op: Op, _ call: FusedKernel<Op>.Forward) {
        name = Op.name.name
        bytes = (call.inputs + call.outputs + call.residuals).reduce(0) { $0 + $1.byteCount }
        floatingPointOperations = op.floatingPointOperations(
            for: call.inputs.map { TensorSpec(Shape($0.shape), $0.dtype) })
    }

    /// Several updates at once.
    init<Op: FusedOp>(_ op: Op, _ calls: [FusedKernel<Op>.Forward]) {
        let parts = calls.map { Launch(op, $0) }
        name = Op.name.name
        bytes = parts.reduce(0) { $0 + $1.bytes }
        floatingPointOperations = parts.reduce(0) { $0 + $1.floatingPointOperations }
    }

    /// A gradient by one operand with two axes or more counts as a forward pass, by several as two: exact for products.
    init<Op: FusedOp>(_ op: Op, _ call: FusedKernel<Op>.Backward) {
        let slots = call.gradients.compactMap { $0 }
        let read = (call.inputs + call.outputs).compactMap { $0 } + call.residuals + call.cotangents
        let passes = op.gradientPasses ?? min(2, slots.count { $0.view.shape.count >= 2 })
        name = Op.name.name + " gradient"
        bytes = slots.reduce(read.reduce(0) { $0 + $1.byteCount }) {
            $0 + $1.view.byteCount * ($1.mode == .accumulate ? 2 : 1)
        }
        floatingPointOperations = passes * op.floatingPointOperations(for: call.inputSpecs)
    }
}

extension FusedKernel {
    public func observed(by observer: @escaping LaunchObserver) -> any AnyFusedKernel {
        let (forward, updateAll, backward) = (self.forward, self.updateAll, self.backward)
        let observedForward: @Sendable (Op, Forward) -> Void = { op, call in
            observer(Launch(op, call)) { forward(op, call) }
        }
        var observedUpdate: (@Sendable (Op, [Forward]) -> Void)?
        if let updateAll {
            observedUpdate = { op, calls in observer(Launch(op, calls)) { updateAll(op, calls) } }
        }
        var observedBackward: (@Sendable (Op, Backward) -> Void)?
        if let backward {
            observedBackward = { op, call in observer(Launch(op, call)) { backward(op, call) } }
        }
        return FusedKernel<Op>(
            acceptsStrided: acceptsStrided, keeps: keeps, residuals: residuals, forward: observedForward,
            updateAll: observedUpdate, backward: observedBackward)
    }
}

extension PrimitiveOp {
    /// A short name without parameters, for tables.
    var name: String {
        switch self {
        case .fill: "fill"
        case .copy: "copy"
        case .cast: "cast"
        case .select: "select"
        case .unary(.affine): "affine"
        case .unary(.clamp): "clamp"
        case .unary(let function): "\(function)"
        case .binary(let function): "\(function)"
        case .reduce(let reduction): "reduce \(reduction)"
        case .matmul: "matmul"
        case .gatherRows: "gatherRows"
        case .scatterAddRows: "scatterAddRows"
        case .unfold: "unfold"
        case .fold: "fold"
        case .random(let distribution, _): "random \(distribution)"
        }
    }

    /// Additions, multiplications and function calls; moving data counts as none.
    func floatingPointOperations(reading inputs: [BufferView], writing output: BufferView) -> Int {
        switch self {
        case .matmul: 2 * output.count * (inputs[0].shape.last ?? 1)
        case .reduce: inputs[0].count
        case .unary, .binary, .select: output.count
        case .fill, .copy, .cast, .gatherRows, .scatterAddRows, .unfold, .fold, .random: 0
        }
    }
}

extension BufferView {
    /// Bytes of the elements that lie in memory; a broadcast element counts once.
    fileprivate var byteCount: Int {
        zip(shape, strides).reduce(dtype.byteCount) { $1.1 == 0 ? $0 : $0 * $1.0 }
    }
}
