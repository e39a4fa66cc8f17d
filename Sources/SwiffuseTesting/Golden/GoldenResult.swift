/// The comparison of one tensor.
public struct GoldenResult: Sendable, Hashable {
    public enum Verdict: Sendable, Hashable {
        case pass
        case fail(reason: String)
        /// The library has nothing to compare with.
        case unsupported(reason: String)
        /// The fixture says that the tensor is for information only.
        case informative
    }

    /// The reference's key, such as `outputs.out`.
    public let tensor: String
    /// How far the computed tensor is from it; nil if nothing was computed.
    public let difference: TensorDifference?
    public let bound: GoldenBound?
    public let verdict: Verdict

    public init(tensor: String, difference: TensorDifference? = nil, bound: GoldenBound? = nil, verdict: Verdict) {
        self.tensor = tensor
        self.difference = difference
        self.bound = bound
        self.verdict = verdict
    }

    /// Judges a difference by a bound.
    public init(tensor: String, difference: TensorDifference, bound: GoldenBound) {
        let objection = bound.objection(to: difference)
        self.init(
            tensor: tensor, difference: difference, bound: bound, verdict: objection.map { .fail(reason: $0) } ?? .pass)
    }

    /// Exactly what was expected, where bits rather than numbers were compared.
    static func same(_ tensor: String) -> GoldenResult {
        GoldenResult(tensor: tensor, difference: TensorDifference([0], reference: [0]), bound: .exact)
    }

    public static func fail(_ tensor: String, _ reason: String) -> GoldenResult {
        GoldenResult(tensor: tensor, verdict: .fail(reason: reason))
    }

    public static func unsupported(_ tensor: String, _ reason: String) -> GoldenResult {
        GoldenResult(tensor: tensor, verdict: .unsupported(reason: reason))
    }

    public var isFailure: Bool {
        if case .fail = verdict { true } else { false }
    }

    public var isUnsupported: Bool {
        if case .unsupported = verdict { true } else { false }
    }

    /// Whether the tensor is a gradient rather than an output.
    public var isGradient: Bool { tensor.hasPrefix("grads.") }
}
