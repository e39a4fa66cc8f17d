import SwiffuseEvaluation
import Testing

@Suite struct MetricTests {
    private func matrix(_ rows: [[Double]]) -> Matrix {
        Matrix(rowCount: rows.count, columnCount: rows[0].count, values: rows.flatMap { $0 })
    }

    @Test func gaussiansOfOneDimensionHaveAKnownDistance() throws {
        let a = FeatureGaussian(mean: [1], covariance: matrix([[4]]))
        let b = FeatureGaussian(mean: [3], covariance: matrix([[9]]))
        // (1 − 3)² + (2 − 3)²
        #expect(abs(try a.frechetDistance(to: b) - 5) < 1e-12)
        #expect(abs(try a.frechetDistance(to: a)) < 1e-12)
        let rotated = FeatureGaussian(mean: [0, 0], covariance: matrix([[2, 1], [1, 2]]))  // eigenvalues 1 and 3
        let round = FeatureGaussian(mean: [0, 0], covariance: matrix([[1, 0], [0, 1]]))
        let expected = 0 + (3.0.squareRoot() - 1) * (3.0.squareRoot() - 1)
        #expect(abs(try rotated.frechetDistance(to: round) - expected) < 1e-12)
        #expect(throws: EvaluationError.widths(1, 2)) { try a.frechetDistance(to: round) }
    }

    @Test func statisticsDoNotDependOnTheBatches() throws {
        let features = (0..<7 * 3).map { Float(1000 + $0 * $0 % 13) }
        var whole = FeatureStatistics(width: 3)
        try whole.add(features)
        var parts = FeatureStatistics(width: 3)
        for part in [0..<6, 6..<6, 6..<15, 15..<21] { try parts.add(Array(features[part])) }
        #expect(whole.count == 7 && parts.count == 7)
        for (a, b) in zip(whole.mean, parts.mean) { #expect(abs(a - b) < 1e-10) }
        for (a, b) in zip(try whole.covariance().values, try parts.covariance().values) { #expect(abs(a - b) < 1e-10) }
        let column = (0..<7).map { Double(features[3 * $0 + 1]) }
        let mean = column.reduce(0, +) / 7
        let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6
        #expect(abs(try whole.covariance()[1, 1] - variance) < 1e-9)
        #expect(throws: EvaluationError.notFinite(what: "the features", row: 8)) {
            try whole.add([1, 2, 3, 4, .nan, 6])
        }
        #expect(throws: EvaluationError.self) { try FeatureStatistics(width: 3).covariance() }
    }

    @Test func confidentAndBalancedPredictionsScoreTheNumberOfClasses() throws {
        let logits = matrix((0..<6).map { row in (0..<3).map { $0 == row % 3 ? 50.0 : 0 } })
        let scores = try InceptionScore.scores(logits: logits, splits: .ofSize(10))
        #expect(scores.count == 1 && abs(scores[0] - 3) < 1e-9)
        let alike = matrix(Array(repeating: [0.3, 0.1, 2], count: 5))
        for score in try InceptionScore.scores(logits: alike, splits: .count(2)) { #expect(abs(score - 1) < 1e-12) }
        #expect(try InceptionScore.scores(logits: logits, splits: .ofSize(4)).count == 2)
    }

    @Test func overlapIsCounted() throws {
        let references = matrix([[0], [1], [2], [3], [100]])
        let samples = matrix([[0.5], [1.5], [2.5], [50]])
        let overlap = try PrecisionRecall(samples: samples, references: references, k: 1)
        // Balls of the references reach 1, that of 100 reaches 97 and so holds 50.
        #expect(overlap.precision == 1)
        // Balls of the samples reach 1, that of 50 reaches 47.5 and so holds 3; 100 lies outside.
        #expect(overlap.recall == 0.8)
        #expect(throws: EvaluationError.self) { try PrecisionRecall(samples: samples, references: references, k: 4) }
    }

    @Test func permutationsAreNumPys() {
        // As numpy.random.RandomState(seed).permutation(count) gives them.
        #expect(NumPyPermutation.permutation(of: 7, seed: 2020) == [5, 4, 1, 2, 3, 6, 0])
        #expect(NumPyPermutation.permutation(of: 5, seed: 0) == [2, 0, 1, 3, 4])
        #expect(NumPyPermutation.permutation(of: 0, seed: 1) == [])
    }
}
