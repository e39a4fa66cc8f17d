/// The name of a fused operation, as printed in coverage tables.
public struct OpName: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
}

/// An operation that a device may have a fast kernel for, defined by a composition of primitives.
///
/// The reference is its meaning: it runs on every device, always has a gradient, and kernels are tested against it.
public protocol FusedOp: Sendable {
    static var name: OpName { get }
    /// The shapes of the results; stops with a message if the inputs do not fit. Runs before any launch.
    func outputs(for inputs: [TensorSpec]) -> [TensorSpec]
    /// What the operation means, in primitives.
    func reference(_ inputs: [Tensor]) -> [Tensor]
    /// The operations that `composition` is made of; none: primitives.
    static var parts: [OpName] { get }
    /// The reference by operations of fewer steps, each of which a device may have a kernel for: what runs where a device
    /// has none for the whole.
    func composition(_ inputs: [Tensor]) -> [Tensor]
    /// Arithmetic of the forward pass, for estimates.
    func floatingPointOperations(for inputs: [TensorSpec]) -> Int
    /// How many forward passes' arithmetic all gradients together take; nil where it depends on which are needed.
    var gradientPasses: Int? { get }
    /// An output whose cotangent is, unchanged, the cotangent of an input of the same shape (a residual connection).
    var passesThrough: (output: Int, input: Int)? { get }
    /// Inputs that are constants even where they are recorded: no gradient flows to them.
    var constantInputs: Set<Int> { get }
    /// Whether results take little time to compute again from the inputs that the gradient keeps anyway.
    ///
    /// Operations that need such a result for their gradient then keep the way to it instead of its memory.
    var isCheapToRepeat: Bool { get }
}

extension FusedOp {
    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        inputs.reduce(0) { $0 + $1.shape.count }
    }

    public var gradientPasses: Int? { nil }

    public static var parts: [OpName] { [] }

    public func composition(_ inputs: [Tensor]) -> [Tensor] { reference(inputs) }

    public var passesThrough: (output: Int, input: Int)? { nil }

    public var constantInputs: Set<Int> { [] }

    public var isCheapToRepeat: Bool { false }
}
