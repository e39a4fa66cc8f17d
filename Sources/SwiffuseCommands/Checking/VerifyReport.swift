import Foundation
import SwiffuseTesting

/// What `verify` prints.
struct VerifyReport {
    private let report: GoldenReport

    init(_ report: GoldenReport) { self.report = report }

    var lines: [String] {
        var table = Table(
            [.left, .left, .left, .right, .right, .right, .right, .left],
            header: ["fixture", "kind", "verdict", "outputs", "of allowed", "gradients", "of allowed", ""])
        for fixture in report.fixtures {
            table.add(
                [fixture.fixture, fixture.kind, fixture.verdict.rawValue] + Self.cells(fixture.worstOutput)
                    + Self.cells(fixture.worstGradient) + [fixture.verdict == .pass ? "" : fixture.reason])
        }
        let counts =
            "\(report.count(of: .pass)) pass, \(report.count(of: .fail)) FAIL, "
            + "\(report.count(of: .unsupported)) unsupported"
        return table.lines() + ["", "\(counts) on \(report.device)"]
    }

    /// The largest difference in relation to the largest value, and its share of the bound.
    private static func cells(_ result: GoldenResult?) -> [String] {
        guard let result, let difference = result.difference else { return ["–", ""] }
        let error = difference.relativeMaximum
        return [String(format: "%.1e", error), String(format: "%.0f %%", min(result.share * 100, 1e9))]
    }
}
