import COpenBLAS
import SwiffuseTensor

/// A matrix of Float64 numbers in row-major order.
public struct Matrix: Sendable, Equatable {
    public let rowCount: Int
    public let columnCount: Int
    /// `rowCount` · `columnCount` numbers.
    public var values: [Double]

    public init(rowCount: Int, columnCount: Int, values: [Double]) {
        require(
            values.count == rowCount * columnCount, "Matrix", "\(values.count) values for \(rowCount) × \(columnCount)")
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
    }

    /// A matrix of zeros.
    public init(rowCount: Int, columnCount: Int) {
        self.init(
            rowCount: rowCount, columnCount: columnCount,
            values: [Double](repeating: 0, count: rowCount * columnCount))
    }

    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columnCount + column] }
        set { values[row * columnCount + column] = newValue }
    }

    /// The first rows, all if there are not more.
    func prefix(_ count: Int) -> Matrix {
        guard count < rowCount else { return self }
        return Matrix(rowCount: count, columnCount: columnCount, values: Array(values.prefix(count * columnCount)))
    }

    /// Some rows, in the given order.
    func rows(_ chosen: some Sequence<Int>) -> Matrix {
        let values: [Double] = chosen.flatMap { row in
            self.values[row * columnCount..<(row + 1) * columnCount]
        }
        return Matrix(rowCount: values.count / max(1, columnCount), columnCount: columnCount, values: values)
    }

    /// The sum of the diagonal.
    public var trace: Double { (0..<min(rowCount, columnCount)).reduce(0) { $0 + self[$1, $1] } }

    /// self · other, or self · otherᵀ.
    func multiplied(by other: Matrix, transposed: Bool = false) throws(EvaluationError) -> Matrix {
        try LinearAlgebra.check()
        let columns = transposed ? other.rowCount : other.columnCount
        var result = Matrix(rowCount: rowCount, columnCount: columns)
        copenblas_dgemm(
            false, transposed, rowCount, columns, columnCount, 1, values, columnCount, other.values, other.columnCount,
            0, &result.values, columns)
        return result
    }
}

/// What the library for linear algebra can do.
enum LinearAlgebra {
    static func check() throws(EvaluationError) {
        if let reason = copenblas_error() { throw .library(reason: String(cString: reason)) }
        guard copenblas_has_lapack() else {
            throw .library(
                reason: "the OpenBLAS in use was built without LAPACK; install it with: apt-get install libopenblas-dev"
            )
        }
    }

    /// Eigenvalues, ascending, and eigenvectors, one per row, of a symmetric matrix.
    ///
    /// - Parameter name: what an error calls the matrix.
    static func eigen(
        _ matrix: Matrix, vectors: Bool, named name: String
    ) throws(EvaluationError) -> (values: [Double], vectors: Matrix) {
        try check()
        var (values, vectorMatrix) = ([Double](repeating: 0, count: matrix.rowCount), matrix)
        guard matrix.rowCount > 0 else { return (values, vectorMatrix) }
        // A column of the library's matrix is a row of ours.
        let status = copenblas_dsyevd(vectors, matrix.rowCount, &vectorMatrix.values, &values)
        guard status == 0 else { throw .noConvergence(what: name) }
        return (values, vectorMatrix)
    }
}
