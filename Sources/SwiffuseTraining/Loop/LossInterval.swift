/// The losses since the last line of the log; part of a checkpoint, so that a resumed run logs the same means.
public struct LossInterval: Sendable, Hashable {
    private var sum = 0.0
    /// Number of updates so far.
    public private(set) var count = 0

    public init() {}

    /// The mean loss; 0 before the first update.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    public mutating func add(_ loss: Float) {
        sum += Double(loss)
        count += 1
    }

    /// Count and sum as text from which `init(text:)` makes the same value.
    var text: String { "\(count) \(sum)" }

    /// What `text` was made from; nil for anything else.
    init?(text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let count = Int(words[0]), count >= 0, let sum = Double(words[1]), sum.isFinite else {
            return nil
        }
        self.count = count
        self.sum = sum
    }
}
