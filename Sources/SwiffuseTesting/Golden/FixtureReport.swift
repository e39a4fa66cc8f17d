/// How one fixture fared.
public struct FixtureReport: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable {
        case pass
        case fail = "FAIL"
        case unsupported
    }

    /// The fixture's name.
    public let fixture: String
    /// Its kind; empty if the file could not be read that far.
    public let kind: String
    public let verdict: Verdict
    /// Why there are no results, or why there are too few; empty otherwise.
    public let reason: String
    public let results: [GoldenResult]

    public init(fixture: String, kind: String, verdict: Verdict, reason: String = "", results: [GoldenResult] = []) {
        self.fixture = fixture
        self.kind = kind
        self.verdict = verdict
        self.reason = reason
        self.results = results
    }

    /// Judges a fixture by its tensors: one failure fails it, and it needs at least one that passed.
    public init(fixture: String, kind: String, results: [GoldenResult]) {
        let verdict: Verdict
        var reason = ""
        if let failure = results.first(where: \.isFailure), case .fail(let why) = failure.verdict {
            verdict = .fail
            reason = "\(failure.tensor): \(why)"
        } else if results.contains(where: { $0.verdict == .pass }) {
            verdict = .pass
            let skipped = results.filter(\.isUnsupported)
            if case .unsupported(let why)? = skipped.first?.verdict {
                reason = "\(skipped.count) of \(results.count) tensors were not compared: \(why)"
            }
        } else if let first = results.first(where: \.isUnsupported), case .unsupported(let why) = first.verdict {
            verdict = .unsupported
            reason = why
        } else {
            verdict = .fail
            reason = "nothing was compared"
        }
        self.init(fixture: fixture, kind: kind, verdict: verdict, reason: reason, results: results)
    }

    /// The output that came closest to its bound, or exceeded it most.
    public var worstOutput: GoldenResult? { worst { !$0.isGradient } }

    /// The gradient that came closest to its bound, or exceeded it most.
    public var worstGradient: GoldenResult? { worst(\.isGradient) }

    private func worst(_ isIncluded: (GoldenResult) -> Bool) -> GoldenResult? {
        results.filter { $0.difference != nil && isIncluded($0) }.max { $0.share < $1.share }
    }
}

extension GoldenResult {
    /// The difference as a share of what is allowed; infinite for values that are not numbers.
    public var share: Double {
        guard let difference, let bound else { return 0 }
        let share = bound.share(of: difference)
        return difference.notANumberCount > 0 || share.isNaN ? .infinity : share
    }
}
