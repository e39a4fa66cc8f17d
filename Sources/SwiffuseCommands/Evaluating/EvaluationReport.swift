import Foundation
import Swiffuse

/// What `evaluate` prints.
struct EvaluationReport: Encodable {
    let samples: String
    let sampleCount: Int
    let reference: String
    /// nil if a file of statistics does not say it.
    let referenceCount: Int?
    /// What the features are of, and whether their scores can be compared with the literature's.
    let network: String
    /// SHA-256 of the network's file.
    let networkHash: String?
    let scores: EvaluationScores
    private let kind: FeatureKind

    private enum CodingKeys: String, CodingKey {
        case samples, sampleCount, reference, referenceCount, network, networkHash, scores
    }

    /// Which names the scores may have: FID, sFID and KID are of Inception-v3.
    private enum FeatureKind {
        case inception
        case other
        /// Files that do not say it.
        case unknown

        init(_ identity: FeatureNetworkIdentity?) {
            self = identity.map { InceptionFeatures.areBehind($0) ? .inception : .other } ?? .unknown
        }

        /// - Parameters:
        ///   - score: what the score is with any features.
        ///   - short: what it is called with those of Inception-v3.
        func name(_ score: String, _ short: String) -> String {
            switch self {
            case .inception: "\(score) (\(short))"
            case .other: score
            case .unknown: "\(score) (\(short) if of Inception-v3)"
            }
        }
    }

    /// - Parameters:
    ///   - samples: what the samples are called, and how many there are.
    ///   - reference: what the real pictures are called, and how many there are if that is known.
    ///   - title: what the network is called; nil if nothing says it.
    ///   - identity: which network it is; nil if nothing says it.
    init(
        samples: (name: String, count: Int), reference: (name: String, count: Int?), title: String?,
        identity: FeatureNetworkIdentity?, scores: EvaluationScores
    ) {
        (self.samples, sampleCount) = samples
        (self.reference, referenceCount) = reference
        kind = FeatureKind(identity)
        let note =
            switch kind {
            case .inception, .unknown: ""
            case .other: "; not comparable with Inception-v3"
            }
        network = (title ?? "given") + note
        networkHash = identity?.sha256
        self.scores = scores
    }

    var lines: [String] {
        var facts = Table([.left, .left])
        facts.add(["samples", "\(Amount.count(sampleCount)) of \(samples)"])
        let count = referenceCount.map { Amount.count($0) + " of " } ?? ""
        facts.add(["reference", count + reference])
        facts.add(["features", network])
        if let networkHash { facts.add(["", "SHA-256 \(networkHash)"]) }
        var table = Table(
            [.left, .right, .right, .right, .left],
            header: ["score", "ADM evaluator", "torch-fidelity", "Naeem et al.", ""])
        for row in rows { table.add(row) }
        return facts.lines() + [""] + table.lines() + overlapLines
    }

    /// Which vectors the scores of single pictures compare.
    private var overlapLines: [String] {
        guard scores.overlapSampleCount > 0 else {
            return [
                "",
                "precision, recall, density, coverage and kernel distance need features of more than 3 single pictures "
                    + "of each side, which statistics do not hold",
            ]
        }
        func part(_ used: Int, _ count: Int?) -> String {
            let all = count.map { $0 == used } ?? false
            return (all ? "all " : "the first ") + Amount.count(used)
        }
        let (own, other) = (scores.overlapSampleCount, scores.overlapReferenceCount)
        return [
            "",
            "precision, recall, density, coverage and kernel distance compare \(part(own, sampleCount)) samples with "
                + "\(part(other, referenceCount)) real pictures",
        ]
    }

    private var rows: [[String]] {
        let none = "–"
        let frechet = Self.text(scores.frechet)
        var rows = [[kind.name("Fréchet distance", "FID"), frechet, frechet, none, "lower is better"]]
        rows.append([
            kind.name("spatial Fréchet distance", "sFID"), scores.spatialFrechet.map(Self.text) ?? none, none, none,
            "lower",
        ])
        let fidelity = scores.inceptionFidelity.map { Self.text($0.mean) + " ± " + Self.text($0.deviation) }
        rows.append([
            "Inception Score", scores.inceptionADM.map(Self.text) ?? none, fidelity ?? none, none,
            "higher; splits of 5000, or 10 shuffled splits",
        ])
        let overlap = scores.precisionRecall
        for (name, value) in [("precision", overlap?.precision), ("recall", overlap?.recall)] {
            let text = value.map(Self.text) ?? none
            rows.append([name, text, text, none, "higher, k = 3"])
        }
        for (name, value) in [("density", overlap?.density), ("coverage", overlap?.coverage)] {
            rows.append([name, none, none, value.map(Self.text) ?? none, "higher, k = 3"])
        }
        let kernel = scores.kernel.map { Self.text($0.mean) + " ± " + Self.text($0.deviation) }
        let subsets = scores.kernel == nil ? "lower" : "lower; 100 subsets of \(scores.kernelSubsetSize)"
        rows.append([kind.name("kernel distance", "KID"), none, kernel ?? none, none, subsets])
        return rows
    }

    private static func text(_ value: Double) -> String {
        guard value.isFinite else { return "too large" }
        // Rounding may make the kernel distance of equal sets negative.
        return String(format: abs(value) < 1e12 ? "%.4f" : "%.4e", abs(value) < 5e-5 ? 0 : value)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
