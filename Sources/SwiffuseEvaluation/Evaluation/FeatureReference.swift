public import SwiffuseIO

/// What samples are compared with: statistics of real pictures, and their features where they are known.
public struct FeatureReference: Sendable {
    public let pooled: FeatureGaussian
    public let spatial: FeatureGaussian?
    /// Features of single pictures, [n, D], which precision, recall and the kernel distance need; nil if unknown.
    public let vectors: Matrix?
    /// Number of pictures behind the statistics; nil if unknown.
    public let count: Int?

    /// The statistics of gathered features.
    ///
    /// - Throws: `EvaluationError.tooFewSamples` with fewer than two pictures.
    public init(_ features: FeatureSet) throws(EvaluationError) {
        pooled = try features.pooled.gaussian()
        spatial = try features.spatial?.gaussian()
        vectors = features.keptCount > 0 ? features.matrix : nil
        count = features.count
    }

    /// Reads statistics from an .npz file: `mu` and `sigma` (pytorch-fid, ADM), and if there are any `mu_s` and
    /// `sigma_s` (ADM), `features` and `count`.
    ///
    /// - Throws: `DataError` if an array is missing or of another shape.
    public init(_ file: NPZFile) throws(DataError) {
        pooled = try Self.gaussian(file, "mu", "sigma")
        spatial = file.headers["mu_s"] == nil ? nil : try Self.gaussian(file, "mu_s", "sigma_s")
        count = file.headers["count"] == nil ? nil : try file.float64("count").first.map { Int($0) }
        guard let header = file.headers["features"] else {
            vectors = nil
            return
        }
        guard header.shape.count == 2, header.shape[1] == pooled.mean.count else {
            throw .malformed(
                path: file.path, reason: "its array 'features' is \(header.shape), not [n, \(pooled.mean.count)]")
        }
        vectors = Matrix(
            rowCount: header.shape[0], columnCount: header.shape[1], values: try file.float64("features"))
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
        let means = try file.float64(mean)
        let width = means.count
        guard file.headers[covariance]?.shape == [width, width], width > 0 else {
            throw .malformed(
                path: file.path,
                reason: "'\(mean)' has \(width) numbers, '\(covariance)' "
                    + (file.headers[covariance].map { "the shape \($0.shape)" } ?? "is missing"))
        }
        let values = try file.float64(covariance)
        guard means.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite) else {
            throw .malformed(path: file.path, reason: "'\(mean)' or '\(covariance)' holds numbers that are not finite")
        }
        return FeatureGaussian(
            mean: means, covariance: Matrix(rowCount: width, columnCount: width, values: values))
    }
}
