import Foundation

extension GoldenReport: CustomStringConvertible {
    /// A table with a line per fixture, reasons below the lines that need one, and a summary.
    public var description: String {
        let header = ["fixture", "kind", "verdict", "tensors", "worst output", "worst gradient"]
        let rows = [header] + fixtures.map(\.cells)
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines: [String] = []
        for (index, row) in rows.enumerated() {
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            lines.append(padded.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
            if index > 0 { lines += fixtures[index - 1].remarks.map { "    " + $0 } }
        }
        lines.append(
            "\(device): \(count(of: .pass)) passed, \(count(of: .fail)) FAILED, \(count(of: .unsupported)) unsupported")
        return lines.joined(separator: "\n")
    }
}

extension FixtureReport {
    fileprivate var cells: [String] {
        let passed = results.filter { $0.verdict == .pass }.count
        let tensors = results.isEmpty ? "-" : "\(passed)/\(results.count)"
        return [fixture, kind, verdict.rawValue, tensors, worstOutput?.summary ?? "-", worstGradient?.summary ?? "-"]
    }

    /// Failures first, then what is unsupported, each reason once.
    fileprivate var remarks: [String] {
        if results.isEmpty { return reason.isEmpty ? [] : [reason] }
        var lines: [String] = []
        let failures = results.filter(\.isFailure)
        for result in failures.prefix(10) {
            if case .fail(let why) = result.verdict { lines.append("FAIL \(result.tensor): \(why)") }
        }
        if failures.count > 10 { lines.append("… and \(failures.count - 10) more failures") }
        var counts: [(reason: String, count: Int)] = []
        for result in results {
            guard case .unsupported(let why) = result.verdict else { continue }
            if let index = counts.firstIndex(where: { $0.reason == why }) {
                counts[index].count += 1
            } else {
                counts.append((why, 1))
            }
        }
        return lines + counts.map { "unsupported (\($0.count)): \($0.reason)" }
    }
}

extension GoldenResult {
    /// The measured difference and the bound, short: `3.1e-07 of 1.0e-05`.
    fileprivate var summary: String {
        guard let difference, let bound else { return "-" }
        if difference.notANumberCount > 0 { return "not a number" }
        switch bound {
        case .relative(let l2, let maximum):
            if difference.isReferenceZero { return absolute(difference, GoldenBound.zeroTolerance) }
            let isWorstInL2 = difference.relativeL2 / l2 >= difference.relativeMaximum / maximum
            return isWorstInL2
                ? "\(short(difference.relativeL2)) of \(short(l2)) L2"
                : "\(short(difference.relativeMaximum)) of \(short(maximum)) max"
        case .relativeL2(let l2):
            if difference.isReferenceZero { return absolute(difference, GoldenBound.zeroTolerance) }
            return "\(short(difference.relativeL2)) of \(short(l2)) L2"
        case .absolute(let bound): return absolute(difference, bound)
        case .exact:
            return difference.absoluteMaximum == 0 ? "exact" : "\(short(difference.absoluteMaximum)), not exact"
        }
    }

    private func absolute(_ difference: TensorDifference, _ bound: Double) -> String {
        "\(short(difference.absoluteMaximum)) of \(short(bound)) abs"
    }

    private func short(_ value: Double) -> String { String(format: "%.1e", value) }
}
