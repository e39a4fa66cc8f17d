/// The losses since the last line of the log; part of a checkpoint, so that a resumed run logs the same means.
public struct LossInterval: Sendable, Hashable {
    private var sum = 0.0
    /// Number of updates so far.
    public private(set) var count = 0
    private var termSums: [Double] = []
    /// Number of updates whose terms are known: a checkpoint of an older version has none.
    private var termCount = 0

    public init() {}

    /// The mean loss; 0 before the first update.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// The mean of each term; none before the first update.
    public var termMeans: [Double] { termSums.map { $0 / Double(termCount) } }

    /// - Parameter terms: what the loss is the sum of; as many every time.
    public mutating func add(_ loss: Float, terms: [Float]) {
        sum += Double(loss)
        count += 1
        if termSums.count != terms.count {
            termSums = [Double](repeating: 0, count: terms.count)
            termCount = 0
        }
        for (index, term) in terms.enumerated() { termSums[index] += Double(term) }
        termCount += 1
    }

    /// Count and sum, then the same of the terms, as text from which `init(text:)` makes the same value.
    var text: String {
        let terms = termSums.isEmpty ? [] : ["\(termCount)"] + termSums.map { "\($0)" }
        return (["\(count)", "\(sum)"] + terms).joined(separator: " ")
    }

    /// What `text` was made from; nil for anything else.
    init?(text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2 || words.count > 3, let count = Int(words[0]), count >= 0, let sum = Double(words[1]),
            sum.isFinite
        else { return nil }
        self.count = count
        self.sum = sum
        guard words.count > 3 else { return }
        let sums = words.dropFirst(3).compactMap { Double($0) }
        guard let termCount = Int(words[2]), (1...max(1, count)).contains(termCount), sums.count == words.count - 3,
            sums.allSatisfy(\.isFinite)
        else { return nil }
        self.termCount = termCount
        termSums = sums
    }
}
