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

    /// The covariances of 10 vectors of 200 numbers have rank 9. Wanted: with the nuclear norm of the product of the
    /// centred vectors for the trace of the root (numpy.linalg.norm).
    @Test func fewerSamplesThanDimensionsKeepTheDistanceExact() throws {
        func gaussian(_ vectors: [Float]) throws -> FeatureGaussian {
            var statistics = FeatureStatistics(width: 200)
            try statistics.add(vectors)
            return try statistics.gaussian()
        }
        let (first, second) = (features(10, 200, 0), features(10, 200, 5))
        let samples = try gaussian(first)
        let near = try gaussian(zip(first, second).map { $0 + 0.001 * $1 })
        // Digits of the traces, about 16, that the difference does not have: found 2e-10.
        try expect(samples.frechetDistance(to: near), 6.775583621276837e-05, relative: 1e-7, "nearly equal")
        try expect(near.frechetDistance(to: samples), 6.775583621276837e-05, relative: 1e-7, "the other way round")
        let far = try gaussian(features(12, 200, 5))
        try expect(samples.frechetDistance(to: far), 27.301081762566447, relative: 1e-10, "of other rank")
        let itself = try samples.frechetDistance(to: samples)
        #expect(itself >= 0 && itself < 1e-12)
        let constant = try gaussian([Float](repeating: 3, count: 600))
        #expect(try constant.frechetDistance(to: constant) == 0)
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

    @Test func featuresOfTheFirstPicturesInAFileComeBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/features.npz"
        var first = FeatureSet(width: 13, classCount: 7, keeping: .first(5))
        try first.add(pooled: features(8, 13, 0), logits: features(8, 7, 2))
        try first.write(to: path)
        let read = try FeatureSet(try NPZFile(path: path))
        #expect(read.count == 5 && read.vectors == first.vectors)
        #expect(read.logits == Array(first.logits.prefix(5 * 7)))
    }

    @Test func filesWithNumbersThatAreNotFiniteAreNamed() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/damaged.npz"
        for name in ["features", "logits"] {
            var writer = try NPZWriter(path: path)
            for array in ["features", "logits"] {
                try writer.begin(array, NPYHeader(.float32, shape: [3, 2]))
                try writer.append([1, 2, 3, 4, 5, array == name ? Float.nan : 6])
            }
            try writer.finish()
            let error = #expect(throws: DataError.self) { try FeatureSet(try NPZFile(path: path)) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(path) && text.contains("element [2, 1] of its array '\(name)' is nan"), "\(text)")
        }
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

    /// Statistics of width 2 in which one array is another.
    private func statistics(
        _ folder: TemporaryFolder, _ name: String, _ shape: [Int], _ values: [Double]
    ) throws -> FeatureReference {
        let path = folder.path + "/statistics.npz"
        var arrays: [String: (shape: [Int], values: [Double])] = [
            "mu": ([2], [1, -2]), "sigma": ([2, 2], [2, 0.5, 0.5, 1]), "count": ([1], [3]),
            "features": ([3, 2], [1, 2, 3, 4, 5, 6]),
        ]
        arrays[name] = (shape, values)
        var writer = try NPZWriter(path: path)
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
            try writer.begin(name, NPYHeader(.float64, shape: array.shape))
            try writer.append(array.values)
        }
        try writer.finish()
        return try FeatureReference(try NPZFile(path: path))
    }

    @Test func refusesNumbersThatCannotBeStatistics() throws {
        let folder = try TemporaryFolder()
        let mistakes: [(name: String, shape: [Int], values: [Double], words: String)] = [
            ("count", [1], [.nan], "'count'"), ("count", [1], [1e300], "'count'"), ("count", [1], [-5], "'count'"),
            ("count", [1], [1], "'count'"), ("count", [1], [3.5], "'count'"), ("count", [2], [3, 3], "'count'"),
            ("count", [0], [], "'count'"), ("count", [1], [2], "3 or more"),
            ("features", [3, 2], [1, 2, .nan, 4, 5, 6], "element [1, 0] of"), ("features", [0, 2], [], "'features'"),
            ("features", [2, 3], [1, 2, 3, 4, 5, 6], "not [n, 2]"), ("mu", [1, 2], [1, 2], "'mu' is [1, 2]"),
            ("mu", [2], [.infinity, 0], "element 0"), ("mu", [2], [1e300, 0], "element 0"),
            ("sigma", [4], [2, 0.5, 0.5, 1], "'sigma' [4]"),
            ("sigma", [2, 2], [2, 0.5, 0.5, .nan], "element [1, 1] of"),
            ("sigma", [2, 2], [2, 0.5, 0.5, -1], "its diagonal holds -1.0 at 1"),
            ("sigma", [2, 2], [2, 0.5, 0.6, 1], "not symmetric at (1, 0)"),
            ("sigma", [2, 2], [1, 5, 5, 1], "5.0 at (1, 0), more than its diagonal allows"),
        ]
        for (name, shape, values, words) in mistakes {
            let error = #expect(throws: DataError.self, "\(name) \(values)") {
                try statistics(folder, name, shape, values)
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(words) && text.contains("statistics.npz"), "\(text)")
        }
        // What rounding does to Float32, and a count without an axis.
        let rounded = try statistics(folder, "sigma", [2, 2], [2, 1e-5, 1.1e-5, -1e-12])
        #expect(try rounded.count == 3 && statistics(folder, "count", [], [3]).count == 3)
        #expect(rounded.network == nil)
    }

    @Test func featuresOfOtherNetworksAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/reference.npz"
        var (samples, reference) = (try samples(), try reference())
        let names = [("a network", "00"), ("a network", "01"), ("another", "00")]
        let identities = names.map { FeatureNetworkIdentity(settings: $0, sha256: $1) }
        reference.network = identities[0]
        try FeatureReference(reference).write(to: path)
        let read = try FeatureReference(try NPZFile(path: path))
        #expect(read.network == identities[0])
        for network in [nil, identities[0], FeatureNetworkIdentity(settings: "a network", sha256: nil)] {
            samples.network = network
            _ = try EvaluationScores(samples: samples, reference: read)
        }
        for network in identities.dropFirst() {
            samples.network = network
            #expect(throws: EvaluationError.self) { try EvaluationScores(samples: samples, reference: read) }
        }
        try samples.write(to: path)
        #expect(try FeatureSet(try NPZFile(path: path)).network == identities[2])
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
