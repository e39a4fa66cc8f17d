public import SwiffuseIO

extension FeatureReference {
    /// Reads statistics from an .npz file: `mu` and `sigma` (pytorch-fid, ADM), and if there are any `mu_s` and
    /// `sigma_s` (ADM), `features` and `count`, and what `write(to:)` says about the network.
    ///
    /// - Throws: `DataError` if an array is missing, of another shape, or cannot be what it is named after.
    public init(_ file: NPZFile) throws(DataError) {
        pooled = try Self.gaussian(file, "mu", "sigma")
        spatial = file.headers["mu_s"] == nil ? nil : try Self.gaussian(file, "mu_s", "sigma_s")
        vectors = file.headers["features"] == nil ? nil : try Self.vectors(file, width: pooled.mean.count)
        count = file.headers["count"] == nil ? nil : try Self.count(file, atLeast: vectors?.rowCount ?? 2)
        network = try FeatureNetworkIdentity.read(file)
    }

    /// Whether a file holds statistics.
    public static func isKept(in file: NPZFile) -> Bool { file.headers["mu"] != nil && file.headers["sigma"] != nil }

    /// Writes an .npz file that `init(_:)` and other programs read.
    public func write(to path: String) throws(FileError) {
        var writer = try NPZWriter(path: path)
        try Self.write(pooled, "mu", "sigma", to: &writer)
        if let spatial { try Self.write(spatial, "mu_s", "sigma_s", to: &writer) }
        if let vectors {
            try writer.begin("features", NPYHeader(.float32, shape: [vectors.rowCount, vectors.columnCount]))
            try writer.append(vectors.values.map { Float($0) })
        }
        if let count {
            try writer.begin("count", NPYHeader(.int64, shape: [1]))
            try writer.append([Int64(count)])
        }
        try network?.write(to: &writer)
        try writer.finish()
    }

    private static func write(
        _ gaussian: FeatureGaussian, _ mean: String, _ covariance: String, to writer: inout NPZWriter
    ) throws(FileError) {
        let width = gaussian.mean.count
        try writer.begin(mean, NPYHeader(.float64, shape: [width]))
        try writer.append(gaussian.mean)
        try writer.begin(covariance, NPYHeader(.float64, shape: [width, width]))
        try writer.append(gaussian.covariance.values)
    }

    private static func gaussian(
        _ file: NPZFile, _ mean: String, _ covariance: String
    ) throws(DataError) -> FeatureGaussian {
        let shapes = [mean, covariance].map { file.headers[$0]?.shape }
        guard let width = shapes[0]?.first, width > 0, shapes == [[width], [width, width]] else {
            let found = shapes.map { $0.map { "\($0)" } ?? "missing" }
            throw .malformed(
                path: file.path,
                reason: "'\(mean)' is \(found[0]) and '\(covariance)' \(found[1]), expected [width] and [width, width]")
        }
        let means = try file.finiteNumbers(mean)
        let matrix = Matrix(rowCount: width, columnCount: width, values: try file.finiteNumbers(covariance))
        if let objection = objection(to: matrix, means) {
            throw .malformed(path: file.path, reason: "'\(covariance)' is no covariance: \(objection)")
        }
        return FeatureGaussian(mean: means, covariance: matrix)
    }

    /// Why a matrix cannot be the covariance of features with these means, beyond what rounding can do; nil if it can.
    private static func objection(to matrix: Matrix, _ means: [Double]) -> String? {
        let width = matrix.rowCount
        let variances = (0..<width).map { matrix[$0, $0] }
        // A covariance is a difference of sums as large as the squares of the means.
        let rounding = 1e-12 * means.reduce(0) { max($0, $1 * $1) }
        let largest = variances.reduce(0) { max($0, abs($1)) }
        if let index = variances.firstIndex(where: { $0 < -1e-9 * largest - rounding }) {
            return "its diagonal holds \(variances[index]) at \(index)"
        }
        let tolerance = 1e-5 * largest + rounding
        let deviations = variances.map { max(0, $0).squareRoot() }
        for row in 0..<width {
            for column in 0..<row {
                if abs(matrix[row, column] - matrix[column, row]) > tolerance {
                    return "it is not symmetric at (\(row), \(column))"
                }
                // |σij|² ≤ σii σjj (Cauchy and Schwarz).
                if abs(matrix[row, column]) > deviations[row] * deviations[column] + tolerance {
                    return "it holds \(matrix[row, column]) at (\(row), \(column)), more than its diagonal allows"
                }
            }
        }
        return nil
    }

    private static func vectors(_ file: NPZFile, width: Int) throws(DataError) -> Matrix {
        let shape = file.headers["features"]?.shape ?? []
        guard shape.count == 2, shape[0] > 0, shape[1] == width else {
            throw .malformed(path: file.path, reason: "its array 'features' is \(shape), not [n, \(width)]")
        }
        return Matrix(rowCount: shape[0], columnCount: shape[1], values: try file.finiteNumbers("features"))
    }

    private static func count(_ file: NPZFile, atLeast least: Int) throws(DataError) -> Int {
        let shape = file.headers["count"]?.shape ?? []
        guard shape.isEmpty || shape == [1], let value = try file.float64("count").first,
            let count = Int(exactly: value), count >= max(2, least)
        else {
            throw .malformed(
                path: file.path, reason: "its array 'count' is not one whole number of \(max(2, least)) or more")
        }
        return count
    }
}
