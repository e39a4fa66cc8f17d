import Foundation

extension GoldenReport {
    /// The whole report, every tensor included, as JSON with sorted keys.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Every value below has a JSON form, so encoding does not fail.
        guard let data = try? encoder.encode(ReportForm(self)) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

private struct ReportForm: Encodable {
    let device: String
    let pass: Bool
    let passed: Int
    let failed: Int
    let unsupported: Int
    let fixtures: [FixtureForm]

    init(_ report: GoldenReport) {
        device = report.device
        pass = report.isPass
        passed = report.count(of: .pass)
        failed = report.count(of: .fail)
        unsupported = report.count(of: .unsupported)
        fixtures = report.fixtures.map(FixtureForm.init)
    }
}

private struct FixtureForm: Encodable {
    let fixture: String
    let kind: String
    let verdict: String
    let reason: String
    let worstOutput: TensorForm?
    let worstGradient: TensorForm?
    let tensors: [TensorForm]

    init(_ report: FixtureReport) {
        fixture = report.fixture
        kind = report.kind
        verdict = report.verdict.rawValue
        reason = report.reason
        worstOutput = report.worstOutput.map(TensorForm.init)
        worstGradient = report.worstGradient.map(TensorForm.init)
        tensors = report.results.map(TensorForm.init)
    }
}

private struct TensorForm: Encodable {
    let tensor: String
    let verdict: String
    let reason: String?
    let bound: String?
    let relL2: Double?
    let maxAbsOverRefMax: Double?
    let maxAbs: Double?
    let shareOfBound: Double?

    enum CodingKeys: String, CodingKey {
        case tensor, verdict, reason, bound
        case relL2 = "rel_l2"
        case maxAbsOverRefMax = "max_abs_over_ref_max"
        case maxAbs = "max_abs"
        case shareOfBound = "share_of_bound"
    }

    init(_ result: GoldenResult) {
        tensor = result.tensor
        switch result.verdict {
        case .pass: (verdict, reason) = ("pass", nil)
        case .fail(let why): (verdict, reason) = ("FAIL", why)
        case .unsupported(let why): (verdict, reason) = ("unsupported", why)
        case .informative: (verdict, reason) = ("informative", nil)
        }
        bound = result.bound?.description
        relL2 = result.difference?.relativeL2
        maxAbsOverRefMax = result.difference?.relativeMaximum
        maxAbs = result.difference?.absoluteMaximum
        shareOfBound = result.difference == nil ? nil : result.share
    }
}
