import SwiffuseEvaluation
import SwiffuseIO
import Testing

/// Scores of features that are easy to make in any language, against torch-fidelity 0.4.0 and pytorch-fid 0.3.0.
@Suite struct ScoreTests {
    private func features(_ count: Int, _ width: Int, _ shift: Int, scale: Float = 1) -> [Float] {
        (0..<count * width).map { index in
            let (i, j) = (index / width, index % width)
            let sum = i * 7919 + j * 104_729 + i * j * (31 + shift) + shift * 17
            return Float(sum % 1000) / 1000 * scale
        }
    }

    private func samples() throws -> FeatureSet {
        var set = FeatureSet(width: 13, classCount: 7, keeping: .first(1000))
        let (vectors, logits) = (features(300, 13, 0), features(300, 7, 2, scale: 4))
        // Batches of unequal size.
        for range in [0..<7, 7..<200, 200..<300] {
            try set.add(
                pooled: Array(vectors[range.lowerBound * 13..<range.upperBound * 13]),
                logits: Array(logits[range.lowerBound * 7..<range.upperBound * 7]))
        }
        return set
    }

    private func reference() throws -> FeatureSet {
        var set = FeatureSet(width: 13, keeping: .first(1000))
        var vectors = features(260, 13, 5)
        for row in 0..<260 { vectors[row * 13] += 0.25 }
        try set.add(pooled: vectors)
        return set
    }

    private func expect(_ found: Double?, _ wanted: Double, relative: Double, _ name: Comment) throws {
        let found = try #require(found)
        #expect(abs(found - wanted) <= relative * abs(wanted), name)
    }

    /// 1e-5: what the packages themselves differ by, since torch-fidelity keeps its statistics in Float32.
    @Test func agreesWithTorchFidelityAndPytorchFID() throws {
        let scores = try EvaluationScores(samples: samples(), reference: FeatureReference(reference()))
        try expect(scores.frechet, 0.07487031526567378, relative: 1e-5, "torch-fidelity")
        try expect(scores.frechet, 0.07487041287526663, relative: 1e-7, "pytorch-fid")
        try expect(scores.inceptionFidelity?.mean, 1.4730543369380724, relative: 1e-6, "mean of 10 splits")
        try expect(scores.inceptionFidelity?.deviation, 0.04355093937704754, relative: 1e-5, "their deviation")
        try expect(scores.inceptionADM, 1.4923133430428301, relative: 1e-6, "one split")
        try expect(scores.kernel?.mean, 0.021539533138275148, relative: 1e-5, "KID")
        try expect(scores.kernel?.deviation, 0.0010973819226378064, relative: 1e-4, "KID's deviation")
        try expect(scores.precisionRecall?.precision, 0.88, relative: 1e-12, "precision")
        try expect(scores.precisionRecall?.recall, 253.0 / 260, relative: 1e-12, "recall")
        #expect(scores.kernelSubsetSize == 260)
        #expect(scores.overlapSampleCount == 300 && scores.overlapReferenceCount == 260)
        #expect(scores.spatialFrechet == nil)
    }

    @Test func statisticsInAFileGiveTheSameScores() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/reference.npz"
        let direct = try FeatureReference(try reference())
        try direct.write(to: path)
        let read = try FeatureReference(try NPZFile(path: path))
        #expect(read.count == 260)
        #expect(read.pooled == direct.pooled)
        let samples = try samples()
        #expect(
            try EvaluationScores(samples: samples, reference: read)
                == EvaluationScores(samples: samples, reference: direct))
    }

    @Test func featuresInAFileComeBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/features.npz"
        let samples = try samples()
        try samples.write(to: path)
        let read = try FeatureSet(try NPZFile(path: path))
        #expect(read.vectors == samples.vectors)
        #expect(read.logits == samples.logits)
        #expect(read.classCount == 7)
    }

    @Test func statisticsAloneGiveTheFrechetDistanceAlone() throws {
        let folder = try TemporaryFolder()
        let gaussian = try reference().pooled.gaussian()
        var writer = try NPZWriter(path: folder.path + "/only.npz")
        try writer.begin("mu", NPYHeader(.float64, shape: [13]))
        try writer.append(gaussian.mean)
        try writer.begin("sigma", NPYHeader(.float64, shape: [13, 13]))
        try writer.append(gaussian.covariance.values)
        try writer.finish()
        let read = try FeatureReference(try NPZFile(path: folder.path + "/only.npz"))
        let scores = try EvaluationScores(samples: samples(), reference: read)
        try expect(scores.frechet, 0.07487041287526663, relative: 1e-7, "pytorch-fid")
        #expect(scores.precisionRecall == nil && scores.kernel == nil && read.count == nil)
    }

    @Test func refusesFilesThatDoNotFit() throws {
        let folder = try TemporaryFolder()
        var writer = try NPZWriter(path: folder.path + "/bad.npz")
        try writer.begin("mu", NPYHeader(.float64, shape: [2]))
        try writer.append([0.0, 1])
        try writer.begin("sigma", NPYHeader(.float64, shape: [2, 3]))
        try writer.append([Double](repeating: 0, count: 6))
        try writer.finish()
        #expect(throws: DataError.self) { try FeatureReference(try NPZFile(path: folder.path + "/bad.npz")) }
        var set = FeatureSet(width: 2, keeping: .first(0))
        #expect(throws: EvaluationError.self) { try set.add(pooled: [1, .nan]) }
    }
}
