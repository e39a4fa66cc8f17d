import COpenBLAS
import Dispatch
import Foundation

/// Squared Euclidean distances between two sets, tile by tile on all cores: memory stays bounded however many there are,
/// and the results do not depend on the number of cores.
enum SquaredDistances {
    private static let tileRowCount = 512
    private static let tileColumnCount = 2048

    /// - Parameter body: called for each row of `a` and each stretch of rows of `b` with the row, the first of the stretch
    ///   and the distances; the stretches of a row come in order.
    static func visit(
        _ a: Matrix, _ b: Matrix, _ body: (Int, Int, UnsafeBufferPointer<Double>) -> Void
    ) throws(EvaluationError) {
        try LinearAlgebra.check()
        let (norms, otherNorms) = (squaredNorms(a), squaredNorms(b))
        let passColumnCount = min(tileColumnCount * ProcessInfo.processInfo.activeProcessorCount, max(1, b.rowCount))
        var block = [Double](repeating: 0, count: min(tileRowCount, a.rowCount) * passColumnCount)
        block.withUnsafeMutableBufferPointer { block in
            for firstRow in stride(from: 0, to: a.rowCount, by: tileRowCount) {
                let rows = firstRow..<min(firstRow + tileRowCount, a.rowCount)
                for firstColumn in stride(from: 0, to: b.rowCount, by: passColumnCount) {
                    let columns = firstColumn..<min(firstColumn + passColumnCount, b.rowCount)
                    // Every tile writes to columns of its own.
                    nonisolated(unsafe) let distances = block.baseAddress!
                    let tileCount = (columns.count + tileColumnCount - 1) / tileColumnCount
                    DispatchQueue.concurrentPerform(iterations: tileCount) { index in
                        let start = columns.lowerBound + index * tileColumnCount
                        let tile = start..<min(start + tileColumnCount, columns.upperBound)
                        let target = distances + (start - columns.lowerBound)
                        fill(target, rowStride: columns.count, (a, rows, norms), (b, tile, otherNorms))
                    }
                    for row in rows {
                        let start = (row - rows.lowerBound) * columns.count
                        body(
                            row, columns.lowerBound,
                            UnsafeBufferPointer(rebasing: block[start..<start + columns.count]))
                    }
                }
            }
        }
    }

    private typealias Part = (points: Matrix, rows: Range<Int>, norms: [Double])

    private static func fill(_ target: UnsafeMutablePointer<Double>, rowStride: Int, _ a: Part, _ b: Part) {
        let width = a.points.columnCount
        a.points.values.withUnsafeBufferPointer { values in
            b.points.values.withUnsafeBufferPointer { others in
                copenblas_dgemm(
                    false, true, a.rows.count, b.rows.count, width, -2,
                    values.baseAddress.map { $0 + a.rows.lowerBound * width }, width,
                    others.baseAddress.map { $0 + b.rows.lowerBound * width }, width, 0, target, rowStride)
            }
        }
        for (index, row) in a.rows.enumerated() {
            let distances = target + index * rowStride
            // Rounding may make the distance of equal points negative.
            for (column, other) in b.rows.enumerated() {
                distances[column] = max(0, distances[column] + a.norms[row] + b.norms[other])
            }
        }
    }

    private static func squaredNorms(_ matrix: Matrix) -> [Double] {
        (0..<matrix.rowCount).map { row in
            matrix.values[row * matrix.columnCount..<(row + 1) * matrix.columnCount].reduce(0) { $0 + $1 * $1 }
        }
    }
}
