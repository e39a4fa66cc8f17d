/// The features of a set of pictures, gathered batch by batch: statistics, which need little memory however many there
/// are, and the vectors themselves as far as scores need them.
public struct FeatureSet: Sendable {
    /// Which vectors are kept besides the statistics.
    public enum Kept: Sendable, Equatable {
        case all
        /// Those of the first pictures.
        case first(Int)
    }

    /// Number of pictures.
    public private(set) var count = 0
    public private(set) var pooled: FeatureStatistics
    public private(set) var spatial: FeatureStatistics?
    /// The pooled features of the first pictures, [keptCount, D].
    public private(set) var vectors: [Float] = []
    /// Scores of classes, [count, K].
    public private(set) var logits: [Float] = []
    /// Which network they come from; nil if unknown.
    public var network: FeatureNetworkIdentity?
    /// K; 0 without classes.
    public let classCount: Int
    private let keptLimit: Int

    /// - Parameters:
    ///   - width: numbers of a pooled feature vector.
    ///   - spatialWidth: numbers of a spatial one; 0 for none.
    ///   - classCount: scores per picture; 0 for none.
    ///   - kept: vectors to keep.
    public init(width: Int, spatialWidth: Int = 0, classCount: Int = 0, keeping kept: Kept) {
        pooled = FeatureStatistics(width: width)
        spatial = spatialWidth > 0 ? FeatureStatistics(width: spatialWidth) : nil
        self.classCount = classCount
        switch kept {
        case .all: keptLimit = .max
        case .first(let limit): keptLimit = limit
        }
    }

    /// Number of kept vectors.
    public var keptCount: Int { vectors.count / pooled.width }

    /// Adds a batch.
    ///
    /// - Parameters:
    ///   - pooled: [B, D].
    ///   - spatial: [B, S]; empty without.
    ///   - logits: [B, K]; empty without.
    /// - Throws: `EvaluationError`.
    public mutating func add(
        pooled batch: [Float], spatial spatialBatch: [Float] = [], logits scores: [Float] = []
    ) throws(EvaluationError) {
        let rows = batch.count / pooled.width
        try pooled.add(batch)
        try spatial?.add(spatialBatch)
        if let index = scores.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(what: "the logits", row: count + index / max(1, classCount))
        }
        logits += scores
        let missing = min(rows, keptLimit - keptCount)
        if missing > 0 { vectors += batch.prefix(missing * pooled.width) }
        count += rows
    }

    /// The kept vectors, [keptCount, D].
    public var matrix: Matrix { matrix(first: .max) }

    /// The first of the kept vectors, all if there are not more.
    func matrix(first limit: Int) -> Matrix {
        let count = min(keptCount, limit)
        return Matrix(
            rowCount: count, columnCount: pooled.width, values: vectors.prefix(count * pooled.width).map(Double.init))
    }

    /// The scores of classes, [count, K]; nil without classes.
    public var logitMatrix: Matrix? {
        classCount == 0
            ? nil
            : Matrix(rowCount: logits.count / classCount, columnCount: classCount, values: logits.map(Double.init))
    }
}
