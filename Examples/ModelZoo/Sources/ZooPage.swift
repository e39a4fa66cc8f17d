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

    let folder: String
    var path: String { folder + "/README.md" }

    /// The page of a folder, begun if there is none; says what is wrong with it before any work.
    init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: path) {
            try AtomicFile.write(Array("# Model zoo\n\n\(Self.begin)\n\(Self.end)\n".utf8), to: path)
        }
        _ = try parts()
    }

    func write(_ rows: [ZooResult], _ settings: ZooSettings, judge: ZooJudge, processor: DeviceInfo) throws {
        let parts = try parts()
        let page = parts.before + "\n" + table(rows, settings, judge, processor) + parts.after
        try AtomicFile.write(Array(page.utf8), to: path)
    }

    /// What stands around the table.
    private func parts() throws -> (before: String, after: String) {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let start = text.range(of: Self.begin), let end = text.range(of: Self.end),
            start.upperBound <= end.lowerBound
        else { throw MissingMarkers(path: path) }
        return (String(text[..<start.upperBound]), String(text[end.lowerBound...]))
    }

    private func table(
        _ rows: [ZooResult], _ settings: ZooSettings, _ judge: ZooJudge, _ processor: DeviceInfo
    ) -> String {
        let threads = processor.details.first { $0.label == "threads" }.map { ", threads: \($0.value)" } ?? ""
        var lines = [
            "",
            "As many updates of \(settings.batch) pictures as fit into \(settings.minutes.formatted()) minutes on "
                + "\(processor.name)\(threads), by speeds measured in turns. FID of \(settings.samples) samples against "
                + "the 10,000 test pictures, seen by: \(judge.title).", "",
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

    private func thousands(_ count: Int) -> String { "\(shortened(Double(count) / 1000)) k" }

    private func shortened(_ value: Double) -> String {
        let rounded = value >= 100 ? value.rounded() : (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
