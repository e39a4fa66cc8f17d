/// How far samples and references overlap in feature space, by balls that reach each point's k-th neighbour in its own
/// set.
public struct PrecisionRecall: Sendable, Equatable, Encodable {
    /// Share of samples inside at least one reference's ball (Kynkäänniemi et al., arXiv:1904.06991, eq. 1–2).
    public let precision: Double
    /// Share of references inside at least one sample's ball (there).
    public let recall: Double
    /// Mean number of reference balls around a sample, divided by k (Naeem et al., arXiv:2002.09797, eq. 4).
    public let density: Double
    /// Share of references whose ball holds a sample (there, eq. 6).
    public let coverage: Double

    /// - Parameters:
    ///   - samples: [n, d].
    ///   - references: [m, d].
    ///   - k: which neighbour the balls reach; 3 in the papers.
    /// - Throws: `EvaluationError`.
    public init(samples: Matrix, references: Matrix, k: Int = 3) throws(EvaluationError) {
        guard samples.columnCount == references.columnCount else {
            throw .widths(samples.columnCount, references.columnCount)
        }
        let sampleRadii = try Self.squaredRadii(of: samples, k: k)
        let referenceRadii = try Self.squaredRadii(of: references, k: k)
        var ballsAroundSample = [Int](repeating: 0, count: samples.rowCount)
        var isReferenceInside = [Bool](repeating: false, count: references.rowCount)
        var isCovered = isReferenceInside
        try SquaredDistances.visit(samples, references) { sample, first, distances in
            for (reference, distance) in zip(first..., distances) {
                if distance <= referenceRadii[reference] {
                    ballsAroundSample[sample] += 1
                    isCovered[reference] = true
                }
                if distance <= sampleRadii[sample] { isReferenceInside[reference] = true }
            }
        }
        precision = Double(ballsAroundSample.count { $0 > 0 }) / Double(samples.rowCount)
        recall = Double(isReferenceInside.count { $0 }) / Double(references.rowCount)
        density = Double(ballsAroundSample.reduce(0, +)) / Double(k * samples.rowCount)
        coverage = Double(isCovered.count { $0 }) / Double(references.rowCount)
    }

    /// Squared distance of every point to the k-th nearest other point of its set.
    public static func squaredRadii(of points: Matrix, k: Int) throws(EvaluationError) -> [Double] {
        guard points.rowCount > k else {
            throw .tooFewSamples(metric: "precision and recall", count: points.rowCount, minimum: k + 1)
        }
        // The k smallest distances so far of every point, ascending.
        var nearest = [Double](repeating: .infinity, count: points.rowCount * k)
        try SquaredDistances.visit(points, points) { row, first, distances in
            let (start, last) = (row * k, row * k + k - 1)
            for (column, distance) in zip(first..., distances) where column != row && distance < nearest[last] {
                var place = last
                while place > start, distance < nearest[place - 1] {
                    nearest[place] = nearest[place - 1]
                    place -= 1
                }
                nearest[place] = distance
            }
        }
        return (0..<points.rowCount).map { nearest[$0 * k + k - 1] }
    }
}
