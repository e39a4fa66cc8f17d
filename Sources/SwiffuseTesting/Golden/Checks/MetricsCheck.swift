public import SwiffuseDiffusion
import SwiffuseEvaluation
public import SwiffuseTensor

/// Kind `metrics`: generation metrics of given features and logits, by the relative bounds that the kind states.
public struct MetricsCheck: GoldenCheck {
    public let kinds = ["metrics"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let computed = try ComputedMetrics(fixture)
        let tolerance = try fixture.description.root.settings("tolerance")
        let bound = try tolerance.number("scalars_rel")
        let relative = GoldenBound.relative(l2: bound, maximum: bound)
        let tensors: [GoldenResult] = try fixture.references.map { key in
            guard let (values, shape) = try computed.tensor(key) else {
                return .unsupported(key, "the quantity \(key)")
            }
            return try fixture.compare(values, shape: shape, with: key, bound: relative)
        }
        let results = try fixture.description.root.settings("results")
        let scalars: [GoldenResult] = try results.values.keys.sorted().flatMap { name in
            try computed.results(name, results, relative, isExact: try tolerance.text("precision_recall") == "exact")
        }
        return tensors + scalars
    }
}

/// Features and logits of a fixture, and what they come to.
private struct ComputedMetrics {
    private let fixture: GoldenFixture
    private let reference: Matrix
    private let sample: Matrix
    private let logits: Matrix
    private let statistics: (reference: FeatureStatistics, sample: FeatureStatistics)
    private let k: Int

    init(_ fixture: GoldenFixture) throws {
        self.fixture = fixture
        let settings = try fixture.description.root.settings("results")
        k = try settings.integer("k")
        guard (1...1000).contains(k) else { throw settings.malformed("k", "is out of range") }
        reference = try Self.matrix("inputs.features_ref", fixture)
        sample = try Self.matrix("inputs.features_sample", fixture)
        logits = try Self.matrix("inputs.logits_sample", fixture)
        statistics = (
            try Self.statistics("inputs.features_ref", reference, fixture),
            try Self.statistics("inputs.features_sample", sample, fixture)
        )
    }

    private static func matrix(_ key: String, _ fixture: GoldenFixture) throws(GoldenError) -> Matrix {
        let shape = try fixture.shape(of: key, expecting: [nil, nil])
        return Matrix(rowCount: shape[0], columnCount: shape[1], values: try fixture.doubles(key))
    }

    /// In batches of odd length, as `evaluate` would.
    private static func statistics(
        _ key: String, _ matrix: Matrix, _ fixture: GoldenFixture
    ) throws -> FeatureStatistics {
        let features = try fixture.floats(key)
        var result = FeatureStatistics(width: max(1, matrix.columnCount))
        for start in stride(from: 0, to: matrix.rowCount, by: 37) {
            let rows = start..<min(matrix.rowCount, start + 37)
            try result.add(Array(features[rows.lowerBound * matrix.columnCount..<rows.upperBound * matrix.columnCount]))
        }
        return result
    }

    func tensor(_ key: String) throws -> (values: [Double], shape: Shape)? {
        switch key {
        case "outputs.mu_ref": return (statistics.reference.mean, [reference.columnCount])
        case "outputs.mu_sample": return (statistics.sample.mean, [sample.columnCount])
        case "outputs.sigma_ref": return try square(statistics.reference.covariance())
        case "outputs.sigma_sample": return try square(statistics.sample.covariance())
        case "outputs.radii_sq_ref":
            return (try PrecisionRecall.squaredRadii(of: reference, k: k), [reference.rowCount])
        case "outputs.radii_sq_sample": return (try PrecisionRecall.squaredRadii(of: sample, k: k), [sample.rowCount])
        case "outputs.softmax":
            return (try InceptionScore.softmax(logits).values, [logits.rowCount, logits.columnCount])
        default: return nil
        }
    }

    private func square(_ matrix: Matrix) -> (values: [Double], shape: Shape) {
        (matrix.values, [matrix.rowCount, matrix.columnCount])
    }

    /// Compares one entry of the JSON's results; an entry may hold several numbers.
    func results(
        _ name: String, _ results: FixtureSettings, _ bound: GoldenBound, isExact: Bool
    ) throws -> [GoldenResult] {
        switch name {
        case "k", "smallest_relative_margin_of_radius_tests": return []
        case "fid_sqrtm", "fid_eigvals":
            let distance = try statistics.sample.gaussian().frechetDistance(to: statistics.reference.gaussian())
            return [try compare(distance, name, results.number(name), bound)]
        case "precision", "recall", "density", "coverage":
            let overlap = try PrecisionRecall(samples: sample, references: reference, k: k)
            let values = [
                "precision": overlap.precision, "recall": overlap.recall, "density": overlap.density,
                "coverage": overlap.coverage,
            ]
            return [try compare(values[name] ?? .nan, name, results.number(name), isExact ? .absolute(1e-12) : bound)]
        case "kid_unbiased_first_n":
            let entry = try results.settings(name)
            let count = try entry.integer("n")
            guard (2...min(sample.rowCount, reference.rowCount)).contains(count) else {
                throw entry.malformed("n", "is out of range")
            }
            let value = try KernelDistance.unbiased(first(count, of: sample), first(count, of: reference))
            return [try compare(value, name, entry.number("value"), bound)]
        default: return try inceptionScore(name, results, bound)
        }
    }

    private func inceptionScore(
        _ name: String, _ results: FixtureSettings, _ bound: GoldenBound
    ) throws -> [GoldenResult] {
        if let match = name.wholeMatch(of: /inception_score_adm_split(\d+)/), let size = Int(match.1) {
            let scores = try InceptionScore.scores(logits: logits, splits: .ofSize(size))
            return [try compare(mean(scores), name, results.number(name), bound)]
        }
        guard name.hasPrefix("inception_score_") else { return [.unsupported(name, "the metric \(name)")] }
        let entry = try results.settings(name)
        if entry.contains("split_size") {
            let scores = try InceptionScore.scores(logits: logits, splits: .ofSize(entry.integer("split_size")))
            return [try compare(mean(scores), name, entry.number("value"), bound)]
        }
        var order: [Int]?
        if entry.contains("rng") {
            let stored = try fixture.integers("inputs.isc_permutation", in: 0...max(0, logits.rowCount - 1))
            order = stored
            if try entry.text("rng").contains("RandomState(2020)") {
                let drawn = NumPyPermutation.permutation(of: logits.rowCount, seed: 2020)
                if drawn != stored { return [.fail(name, "RandomState(2020) draws another permutation")] }
            }
        }
        let scores = try InceptionScore.scores(logits: logits, splits: .count(entry.integer("splits")), order: order)
        return [
            try compare(mean(scores), name + ".mean", entry.number("mean"), bound),
            try compare(deviation(scores), name + ".std", entry.number("std"), bound),
        ]
    }

    private func first(_ count: Int, of matrix: Matrix) -> Matrix {
        Matrix(
            rowCount: count, columnCount: matrix.columnCount,
            values: Array(matrix.values.prefix(count * matrix.columnCount)))
    }

    private func compare(
        _ value: Double, _ name: String, _ reference: Double, _ bound: GoldenBound
    ) -> GoldenResult {
        GoldenResult(
            tensor: "results.\(name)", difference: TensorDifference([value], reference: [reference]), bound: bound)
    }

    private func mean(_ scores: [Double]) -> Double { scores.reduce(0, +) / Double(scores.count) }

    /// With the divisor n, as numpy.std.
    private func deviation(_ scores: [Double]) -> Double {
        let mean = mean(scores)
        return (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)).squareRoot()
    }
}
