import Foundation
import Swiffuse

/// The table of a study in Markdown: mean ± standard deviation over the seeds, the mean alone if there is one seed.
struct ResultTable {
    private var rows: [[String]] = [
        ["", "Fréchet distance ↓", "Inception Score ↑", "Precision ↑", "Recall ↑"],
        ["---", "---", "---", "---", "---"],
    ]

    mutating func add(_ title: String, _ results: [Laboratory.Result]) {
        let inceptions = results.compactMap(\.inception)
        rows.append([
            title, Self.text(results.map(\.frechet), digits: 2),
            inceptions.isEmpty ? "–" : Self.text(inceptions, digits: 2), Self.text(results.map(\.precision), digits: 3),
            Self.text(results.map(\.recall), digits: 3),
        ])
    }

    var markdown: String { rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n") }

    private static func text(_ values: [Double], digits: Int) -> String {
        let mean = values.reduce(0, +) / Double(values.count)
        if values.count == 1 { return String(format: "%.\(digits)f", mean) }
        let deviation =
            (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        return String(format: "%.\(digits)f ± %.\(digits)f", mean, deviation)
    }
}
