import Foundation
import Swiffuse

/// The page with the table, which stands between two markers.
struct ZooPage {
    /// Why the page cannot be written.
    struct MissingMarkers: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path): the lines \(ZooPage.begin) and \(ZooPage.end) are missing; put them back" }
    }

    static let begin = "<!-- table: written by modelzoo -->"
    static let end = "<!-- end of table -->"

    let path: String

    func write(_ rows: [ZooResult], minutes: Double, judge: ZooJudge) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let start = text.range(of: Self.begin), let end = text.range(of: Self.end),
            start.upperBound <= end.lowerBound
        else { throw MissingMarkers(path: path) }
        let page = text[..<start.upperBound] + "\n" + table(rows, minutes, judge) + text[end.lowerBound...]
        try AtomicFile.write(Array(String(page).utf8), to: path)
    }

    private func table(_ rows: [ZooResult], _ minutes: Double, _ judge: ZooJudge) -> String {
        var lines = [
            "",
            "As many updates of each as fit into \(minutes.formatted()) minutes on \(processor), by speeds measured in turns. FID of \(judge.sampleCount) samples against the "
                + "10,000 test pictures, seen by: \(judge.title).", "",
            "| preset | FID, own encoder ↓ | parameters | updates | images/s, training | pictures/s, drawing |",
            "|---|---|---|---|---|---|",
        ]
        lines += rows.map { row in
            "| `\(row.preset)` | \(shortened(row.frechet)) | \(thousands(row.parameterCount)) | \(row.updates) | \(shortened(row.imagesPerSecond)) "
                + "| \(shortened(row.picturesPerSecond)) |"
        }
        lines += [
            "", "| " + rows.map(\.preset).joined(separator: " | ") + " |", "|" + rows.map { _ in "---|" }.joined(),
        ]
        lines.append("| " + rows.map { "![\($0.preset)](\($0.preset).png)" }.joined(separator: " | ") + " |")
        return lines.joined(separator: "\n") + "\n\n"
    }

    private var processor: String {
        guard let info = try? CPUDevice().info else { return "a processor" }
        return info.name + (info.details.first { $0.label == "threads" }.map { ", threads: \($0.value)" } ?? "")
    }

    private func thousands(_ count: Int) -> String { "\(shortened(Double(count) / 1000)) k" }

    private func shortened(_ value: Double) -> String {
        let rounded = value >= 100 ? value.rounded() : (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
