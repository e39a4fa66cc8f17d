import Foundation

/// The Inception Score: exp of the mean divergence of p(y | x) from its mean p(y) (Salimans et al., arXiv:1606.03498).
public enum InceptionScore {
    /// Which samples are scored together.
    public enum Splits: Sendable, Equatable {
        /// Runs of this many samples in their order; the last may be shorter (ADM evaluator: 5000).
        case ofSize(Int)
        /// This many runs of about equal length (torch-fidelity: 10).
        case count(Int)
    }

    /// The score of each split.
    ///
    /// - Parameters:
    ///   - logits: [n, classes].
    ///   - splits: which samples are scored together.
    ///   - order: the samples' numbers in the order to split; nil for as they are.
    public static func scores(
        logits: Matrix, splits: Splits, order: [Int]? = nil
    ) throws(EvaluationError) -> [Double] {
        guard logits.rowCount > 0 else { throw .tooFewSamples(metric: "the Inception Score", count: 0, minimum: 1) }
        let order = order ?? Array(0..<logits.rowCount)
        let probabilities = try softmax(logits)
        let ranges: [Range<Int>] =
            switch splits {
            case .ofSize(let size):
                stride(from: 0, to: order.count, by: max(1, size)).map { $0..<min(order.count, $0 + max(1, size)) }
            case .count(let count):
                (0..<max(1, count)).map { $0 * order.count / max(1, count)..<($0 + 1) * order.count / max(1, count) }
            }
        return ranges.filter { !$0.isEmpty }.map { score(probabilities, order[$0]) }
    }

    /// Probabilities of each row, in Float64.
    public static func softmax(_ logits: Matrix) throws(EvaluationError) -> Matrix {
        var result = logits
        for row in 0..<logits.rowCount {
            let range = row * logits.columnCount..<(row + 1) * logits.columnCount
            let largest = logits.values[range].max() ?? 0
            guard logits.values[range].allSatisfy(\.isFinite) else { throw .notFinite(what: "the logits", row: row) }
            var sum = 0.0
            for index in range {
                result.values[index] = exp(logits.values[index] - largest)
                sum += result.values[index]
            }
            for index in range { result.values[index] /= sum }
        }
        return result
    }

    private static func score(_ probabilities: Matrix, _ rows: ArraySlice<Int>) -> Double {
        let classes = probabilities.columnCount
        var mean = [Double](repeating: 0, count: classes)
        for row in rows {
            for column in 0..<classes { mean[column] += probabilities[row, column] / Double(rows.count) }
        }
        var divergence = 0.0
        for row in rows {
            for column in 0..<classes where probabilities[row, column] > 0 {
                divergence += probabilities[row, column] * (log(probabilities[row, column]) - log(mean[column]))
            }
        }
        return exp(divergence / Double(rows.count))
    }
}
