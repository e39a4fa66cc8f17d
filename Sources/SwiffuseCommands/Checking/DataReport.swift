import Swiffuse

/// What `data check` prints.
struct DataReport {
    private let survey: DatasetSurvey

    init(_ survey: DatasetSurvey) { self.survey = survey }

    /// - Parameter size: side of the model's images, if known.
    func lines(size: Int?) -> [String] {
        var lines = ["\(Amount.count(survey.usableCount)) usable pictures, \(survey.damaged.count) damaged"]
        if survey.usableCount > 0 {
            lines.append("width  \(Self.range(survey.widths)) pixels")
            lines.append("height \(Self.range(survey.heights)) pixels")
            let kinds = survey.countByChannels.sorted { $0.key < $1.key }.map { channels, count in
                "\(Amount.count(count)) \(Self.name(ofChannels: channels))"
            }
            lines.append("stored as \(kinds.joined(separator: ", "))")
        }
        if let size, survey.smallCount > 0 {
            lines.append("\(Amount.count(survey.smallCount)) are smaller than \(size) × \(size) and would be enlarged")
        }
        return lines + survey.damaged.map { "damaged: \($0.reason)" }
    }

    private static func range(_ sorted: [Int]) -> String {
        guard let first = sorted.first, let last = sorted.last else { return "" }
        return first == last ? "\(first)" : "\(first) to \(last), median \(sorted[sorted.count / 2])"
    }

    private static func name(ofChannels channels: Int) -> String {
        switch channels {
        case 1: "grey"
        case 3: "RGB"
        default: "RGB with alpha"
        }
    }
}
