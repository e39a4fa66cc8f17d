/// How far a computed tensor may be from its reference.
public enum GoldenBound: Sendable, Hashable {
    /// ‖a − b‖ / ‖b‖ and max|a − b| / max|b|.
    case relative(l2: Double, maximum: Double)
    /// ‖a − b‖ / ‖b‖ alone.
    case relativeL2(Double)
    /// max|a − b|.
    case absolute(Double)
    /// Every value the same.
    case exact

    /// What is allowed where the reference is exactly zero.
    static let zeroTolerance = 1e-7

    /// The larger of the differences as shares of what is allowed; above 1 is too much.
    public func share(of difference: TensorDifference) -> Double {
        switch self {
        case .relative, .relativeL2:
            if difference.isReferenceZero { return difference.absoluteMaximum / GoldenBound.zeroTolerance }
        case .absolute, .exact: break
        }
        switch self {
        case .relative(let l2, let maximum):
            return max(difference.relativeL2 / l2, difference.relativeMaximum / maximum)
        case .relativeL2(let l2): return difference.relativeL2 / l2
        case .absolute(let bound): return difference.absoluteMaximum / bound
        case .exact: return difference.absoluteMaximum == 0 ? 0 : .infinity
        }
    }

    /// Why a difference is too large, or nil if it is not.
    public func objection(to difference: TensorDifference) -> String? {
        if difference.notANumberCount > 0 { return "\(difference.notANumberCount) values are not a number" }
        // A share that is not a number must not pass.
        if share(of: difference) <= 1 { return nil }
        return "rel_l2 \(difference.relativeL2), max \(difference.relativeMaximum) of the largest value, "
            + "\(difference.absoluteMaximum) absolute; allowed: \(self)"
    }
}

extension GoldenBound: CustomStringConvertible {
    public var description: String {
        switch self {
        case .relative(let l2, let maximum): "rel_l2 \(l2), max \(maximum)"
        case .relativeL2(let l2): "rel_l2 \(l2)"
        case .absolute(let bound): "\(bound) absolute"
        case .exact: "exact"
        }
    }
}
