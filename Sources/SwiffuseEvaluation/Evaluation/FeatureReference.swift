/// What samples are compared with: statistics of real pictures, and their features where they are known.
public struct FeatureReference: Sendable {
    public let pooled: FeatureGaussian
    public let spatial: FeatureGaussian?
    /// Features of single pictures, [n, D], which precision, recall and the kernel distance need; nil if unknown.
    public internal(set) var vectors: Matrix?
    /// Number of pictures behind the statistics; nil if unknown.
    public let count: Int?
    /// Which network looked at the pictures; nil if unknown.
    public let network: FeatureNetworkIdentity?

    /// The statistics of gathered features.
    ///
    /// - Throws: `EvaluationError.tooFewSamples` with fewer than two pictures.
    public init(_ features: FeatureSet) throws(EvaluationError) {
        pooled = try features.pooled.gaussian()
        spatial = try features.spatial?.gaussian()
        vectors = features.keptCount > 0 ? features.matrix : nil
        count = features.count
        network = features.network
    }

    /// The same statistics with the vectors of some of their pictures.
    public func comparing(_ features: FeatureSet) -> FeatureReference {
        var reference = self
        reference.vectors = features.keptCount > 0 ? features.matrix : nil
        return reference
    }
}
