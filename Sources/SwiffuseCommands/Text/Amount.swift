import Foundation

/// Numbers as people read them.
enum Amount {
    /// 1.73 GiB, 512 KiB.
    static func bytes(_ count: Int) -> String {
        scaled(Double(count), by: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB"])
    }

    /// 12.3 GFLOP.
    static func operations(_ count: Int) -> String {
        scaled(Double(count), by: 1000, units: ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"])
    }

    /// 459,139,808.
    static func count(_ count: Int) -> String {
        let digits = String(count.magnitude)
        var groups: [Substring] = []
        var end = digits.endIndex
        while end > digits.startIndex {
            let start = digits.index(end, offsetBy: -3, limitedBy: digits.startIndex) ?? digits.startIndex
            groups.insert(digits[start..<end], at: 0)
            end = start
        }
        return (count < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// 1 tensor, 1,234 tensors.
    static func count(_ count: Int, _ thing: String) -> String {
        "\(Amount.count(count)) \(thing)" + (count == 1 ? "" : "s")
    }

    /// 0:07, 1:02:03.
    static func duration(_ duration: Duration) -> String {
        let seconds = Int(max(0, duration / .seconds(1)).rounded())
        let tail = String(format: "%02d", seconds % 60)
        guard seconds >= 3600 else { return "\(seconds / 60):\(tail)" }
        return "\(seconds / 3600):" + String(format: "%02d", seconds / 60 % 60) + ":\(tail)"
    }

    /// Three significant digits: 0.0123, 4.56, 789.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let digits = value == 0 ? 1 : Int(floor(log10(abs(value)))) + 1
        return String(format: "%.\(min(9, max(0, 3 - digits)))f", value)
    }

    private static func scaled(_ value: Double, by base: Double, units: [String]) -> String {
        var value = value
        var position = 0
        while value >= base && position + 1 < units.count {
            value /= base
            position += 1
        }
        return (position == 0 ? String(format: "%.0f", value) : number(value)) + " " + units[position]
    }
}
