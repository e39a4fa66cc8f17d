/// How good samples are, in the conventions of the ADM evaluator (github.com/openai/guided-diffusion, evaluations/) and of
/// torch-fidelity; where only one of them has a score, its own. Density and coverage, which neither has, are
/// those of Naeem et al. (arXiv:2002.09797).
///
/// Encoded, a score that is missing has no key, and one that is no finite number (such as the kernel distance of features
/// of 1e30, whose spread has more digits than Float64 holds) is null.
public struct EvaluationScores: Sendable, Equatable, Encodable {
    /// A mean over parts, and its standard deviation.
    public struct Spread: Sendable, Equatable, Encodable {
        public let mean: Double
        /// With the divisor n, as numpy.std.
        public let deviation: Double
    }

    /// Fréchet distance of pooled features (FID with Inception-v3); the same in both conventions.
    public let frechet: Double
    /// Fréchet distance of spatial features (sFID, ADM); nil if a side has none.
    public let spatialFrechet: Double?
    /// Inception Score over splits of 5,000, their mean (ADM); nil without classes.
    public let inceptionADM: Double?
    /// Inception Score over 10 shuffled splits (torch-fidelity); nil without classes, or with fewer than 10 samples.
    public let inceptionFidelity: Spread?
    /// With k = 3; precision and recall are the same in both conventions. Nil without features of single pictures.
    public let precisionRecall: PrecisionRecall?
    /// Kernel distance over 100 random subsets (torch-fidelity); nil without features of single pictures.
    public let kernel: Spread?
    /// Pictures of each subset of the kernel distance.
    public let kernelSubsetSize: Int
    /// The first of the samples whose vectors `precisionRecall` and `kernel` compare; 0 without those scores.
    public let overlapSampleCount: Int
    /// The first of the reference's pictures there.
    public let overlapReferenceCount: Int

    /// torch-fidelity's seed.
    private static let seed: UInt32 = 2020

    /// - Parameters:
    ///   - samples: features of the samples.
    ///   - reference: what they are compared with.
    ///   - limit: how many vectors of each side are compared one by one, if there are more.
    /// - Throws: `EvaluationError`.
    public init(
        samples: FeatureSet, reference: FeatureReference, comparingFirst limit: Int = .max
    ) throws(EvaluationError) {
        if let own = samples.network, let other = reference.network, !own.agrees(with: other) {
            throw .networks(own.text, other.text)
        }
        frechet = try samples.pooled.gaussian().frechetDistance(to: reference.pooled)
        if let own = samples.spatial, let other = reference.spatial {
            spatialFrechet = try own.gaussian().frechetDistance(to: other)
        } else {
            spatialFrechet = nil
        }
        let logits = samples.logitMatrix
        inceptionADM = try logits.map { (logits) throws(EvaluationError) in
            Self.spread(try InceptionScore.scores(logits: logits, splits: .ofSize(5000))).mean
        }
        inceptionFidelity = try Self.shuffledScore(logits)
        guard let references = reference.vectors?.prefix(limit), min(samples.keptCount, limit) > 3,
            references.rowCount > 3
        else {
            (precisionRecall, kernel, kernelSubsetSize) = (nil, nil, 0)
            (overlapSampleCount, overlapReferenceCount) = (0, 0)
            return
        }
        let own = samples.matrix(first: limit)
        (overlapSampleCount, overlapReferenceCount) = (own.rowCount, references.rowCount)
        precisionRecall = try PrecisionRecall(samples: own, references: references)
        kernelSubsetSize = min(1000, own.rowCount, references.rowCount)
        kernel = Self.spread(
            try KernelDistance.overSubsets(
                own, references, count: 100, size: kernelSubsetSize, seed: Self.seed))
    }

    private static func shuffledScore(_ logits: Matrix?) throws(EvaluationError) -> Spread? {
        guard let logits, logits.rowCount >= 10 else { return nil }
        let order = NumPyPermutation.permutation(of: logits.rowCount, seed: seed)
        return spread(try InceptionScore.scores(logits: logits, splits: .count(10), order: order))
    }

    private static func spread(_ values: [Double]) -> Spread {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return Spread(mean: mean, deviation: variance.squareRoot())
    }
}
