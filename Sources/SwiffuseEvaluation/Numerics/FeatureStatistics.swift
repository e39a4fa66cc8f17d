import COpenBLAS
import SwiffuseTensor

/// Mean and covariance of feature vectors, gathered batch by batch in Float64.
///
/// Sums are kept relative to the mean of the first batch, so that features far from zero lose no digits.
public struct FeatureStatistics: Sendable {
    /// Numbers per feature vector.
    public let width: Int
    /// Number of vectors so far.
    public private(set) var count = 0
    private var shift: [Double] = []
    private var sum: [Double]
    private var products: [Double]

    public init(width: Int) {
        self.width = width
        sum = [Double](repeating: 0, count: width)
        products = [Double](repeating: 0, count: width * width)
    }

    /// Adds feature vectors.
    ///
    /// - Parameter features: [n, width], row-major.
    /// - Throws: `EvaluationError.notFinite`, or `.library` without OpenBLAS.
    public mutating func add(_ features: [Float]) throws(EvaluationError) {
        try LinearAlgebra.check()
        require(features.count % width == 0, "FeatureStatistics", "\(features.count) numbers of width \(width)")
        if let index = features.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(what: "the features", row: count + index / width)
        }
        let rows = features.count / width
        if rows == 0 { return }
        if count == 0 {
            shift = [Double](repeating: 0, count: width)
            for (index, value) in features.enumerated() { shift[index % width] += Double(value) / Double(rows) }
        }
        let centred = features.enumerated().map { Double($1) - shift[$0 % width] }
        for (index, value) in centred.enumerated() { sum[index % width] += value }
        copenblas_dgemm(true, false, width, width, rows, 1, centred, width, centred, width, 1, &products, width)
        count += rows
    }

    /// The mean vector.
    public var mean: [Double] {
        sum.indices.map { (shift.isEmpty ? 0 : shift[$0]) + sum[$0] / Double(max(count, 1)) }
    }

    /// The covariance matrix [width, width] with the divisor count − 1, as numpy.cov.
    ///
    /// - Throws: `EvaluationError.tooFewSamples` with fewer than two vectors.
    public func covariance() throws(EvaluationError) -> Matrix {
        guard count >= 2 else { throw .tooFewSamples(metric: "a covariance", count: count, minimum: 2) }
        var result = Matrix(rowCount: width, columnCount: width, values: products)
        for row in 0..<width {
            for column in 0..<width {
                let product = sum[row] * sum[column] / Double(count)
                result[row, column] = (result[row, column] - product) / Double(count - 1)
            }
        }
        return result
    }

    /// What the Fréchet distance needs of these features.
    public func gaussian() throws(EvaluationError) -> FeatureGaussian {
        FeatureGaussian(mean: mean, covariance: try covariance())
    }
}

/// A normal distribution of features.
public struct FeatureGaussian: Sendable, Equatable {
    public let mean: [Double]
    public let covariance: Matrix

    public init(mean: [Double], covariance: Matrix) {
        self.mean = mean
        self.covariance = covariance
    }
}
