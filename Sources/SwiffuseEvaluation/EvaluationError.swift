/// Why a metric could not be computed.
public enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The linear algebra library is missing or lacks a function; `reason` says what to install.
    case library(reason: String)
    /// Fewer samples than the metric is defined for.
    case tooFewSamples(metric: String, count: Int, minimum: Int)
    /// Feature vectors of different lengths.
    case widths(Int, Int)
    /// Features of different networks.
    case networks(String, String)
    /// A feature or logit is not a finite number.
    case notFinite(what: String, row: Int)
    /// Pictures of different sizes in one set.
    case pictures(String, String)
    /// An eigenvalue computation did not converge.
    case noConvergence(what: String)

    public var description: String {
        switch self {
        case .library(let reason): reason
        case .tooFewSamples(let metric, let count, let minimum):
            "\(metric) needs at least \(minimum) samples, there are \(count)"
        case .widths(let a, let b): "the features have \(a) and \(b) numbers; both sets must come from one network"
        case .networks(let a, let b):
            "the features come from two networks, which cannot be compared: of the samples, \(a); of the reference, \(b)"
        case .notFinite(let what, let row): "\(what) of sample \(row) hold a number that is not finite"
        case .pictures(let first, let other): "the pictures of one set must have one size: found \(first) and \(other)"
        case .noConvergence(let what): "the eigenvalues of \(what) did not converge"
        }
    }
}
