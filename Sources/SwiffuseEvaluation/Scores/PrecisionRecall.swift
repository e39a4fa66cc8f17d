import COpenBLAS
import Foundation

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
        try SquaredDistances.visit(samples, references) { sample, distances in
            for (reference, distance) in distances.enumerated() {
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
        var radii = [Double](repeating: 0, count: points.rowCount)
        try SquaredDistances.visit(points, points) { row, distances in
            var nearest: [Double] = []  // ascending, at most k
            for (column, distance) in distances.enumerated() where column != row {
                if nearest.count == k, distance >= nearest[k - 1] { continue }
                let place = nearest.firstIndex { distance < $0 } ?? nearest.count
                nearest.insert(distance, at: place)
                if nearest.count > k { nearest.removeLast() }
            }
            radii[row] = nearest[k - 1]
        }
        return radii
    }
}

/// Squared Euclidean distances between two sets, a block of rows at a time: memory stays bounded however many there are.
enum SquaredDistances {
    private static let blockRowCount = 128

    /// - Parameter body: called for each row of `a` with its distances to all rows of `b`.
    static func visit(
        _ a: Matrix, _ b: Matrix, _ body: (Int, UnsafeBufferPointer<Double>) -> Void
    ) throws(EvaluationError) {
        try LinearAlgebra.check()
        let (norms, otherNorms) = (squaredNorms(a), squaredNorms(b))
        let width = a.columnCount
        var block = [Double](repeating: 0, count: blockRowCount * b.rowCount)
        for start in stride(from: 0, to: a.rowCount, by: blockRowCount) {
            let rows = min(blockRowCount, a.rowCount - start)
            a.values.withUnsafeBufferPointer { values in
                copenblas_dgemm(
                    false, true, rows, b.rowCount, width, -2, values.baseAddress.map { $0 + start * width }, width,
                    b.values, width, 0, &block, b.rowCount)
            }
            block.withUnsafeMutableBufferPointer { block in
                for row in 0..<rows {
                    let distances = UnsafeMutableBufferPointer(
                        rebasing: block[row * b.rowCount..<(row + 1) * b.rowCount])
                    // Rounding may make the distance of equal points negative.
                    for column in 0..<b.rowCount {
                        distances[column] = max(0, distances[column] + norms[start + row] + otherNorms[column])
                    }
                    body(start + row, UnsafeBufferPointer(distances))
                }
            }
        }
    }

    private static func squaredNorms(_ matrix: Matrix) -> [Double] {
        (0..<matrix.rowCount).map { row in
            matrix.values[row * matrix.columnCount..<(row + 1) * matrix.columnCount].reduce(0) { $0 + $1 * $1 }
        }
    }
}
