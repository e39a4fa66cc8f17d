/// A rule that a part breaks. The kits return lists of them; an empty list means that the part conforms.
public struct ConformanceFinding: Sendable, Hashable, CustomStringConvertible {
    /// What every part of the kind must do.
    public let rule: String
    /// How this one does not.
    public let detail: String

    public init(rule: String, detail: String) {
        self.rule = rule
        self.detail = detail
    }

    public var description: String { "\(rule): \(detail)" }
}

/// Findings under construction.
struct FindingList {
    private(set) var findings: [ConformanceFinding] = []

    /// Adds a finding unless the condition holds.
    mutating func expect(_ condition: Bool, _ rule: String, _ detail: @autoclosure () -> String) {
        if !condition { findings.append(ConformanceFinding(rule: rule, detail: detail())) }
    }
}

/// The largest |a − b| as a share of the largest |b|, in Float64; infinite if a value is not finite or the counts
/// differ.
func relativeDifference(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count, (a + b).allSatisfy(\.isFinite) else { return .infinity }
    let largest = b.reduce(0.0) { max($0, abs(Double($1))) }
    let difference = zip(a, b).reduce(0.0) { max($0, abs(Double($1.0) - Double($1.1))) }
    return difference == 0 ? 0 : difference / max(largest, 1e-30)
}
