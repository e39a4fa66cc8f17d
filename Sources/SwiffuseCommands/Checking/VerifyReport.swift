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

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            let rows = Rows(
                device: report.device, passed: report.count(of: .pass), failed: report.count(of: .fail),
                unsupported: report.count(of: .unsupported), fixtures: report.fixtures.map(FixtureRow.init))
            return String(decoding: try encoder.encode(rows), as: UTF8.self)
        }
    }

    private struct Rows: Encodable {
        let device: String
        let passed: Int
        let failed: Int
        let unsupported: Int
        let fixtures: [FixtureRow]
    }

    private struct FixtureRow: Encodable {
        let fixture: String
        let kind: String
        let verdict: String
        let reason: String
        let tensors: [TensorRow]

        init(_ report: FixtureReport) {
            fixture = report.fixture
            kind = report.kind
            verdict = report.verdict.rawValue
            reason = report.reason
            tensors = report.results.map(TensorRow.init)
        }
    }

    private struct TensorRow: Encodable {
        let tensor: String
        let verdict: String
        var reason = ""
        let relativeL2: Double?
        let relativeMaximum: Double?
        let absoluteMaximum: Double?
        let allowed: String?

        init(_ result: GoldenResult) {
            tensor = result.tensor
            switch result.verdict {
            case .pass: verdict = "pass"
            case .informative: verdict = "informative"
            case .fail(let why):
                verdict = "FAIL"
                reason = why
            case .unsupported(let why):
                verdict = "unsupported"
                reason = why
            }
            relativeL2 = result.difference?.relativeL2
            relativeMaximum = result.difference?.relativeMaximum
            absoluteMaximum = result.difference?.absoluteMaximum
            allowed = result.bound.map { "\($0)" }
        }
    }
}
