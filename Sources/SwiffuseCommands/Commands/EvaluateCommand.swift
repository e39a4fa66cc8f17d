import ArgumentParser
import Swiffuse

/// Measures how good samples are.
struct EvaluateCommand: SwiffuseCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how good samples are: FID, sFID, Inception Score, precision and recall.",
        discussion: """
            Samples are drawn from a run or checkpoint, or read from a folder of pictures or an .npz file (arr_0, uint8 \
            [N, H, W, C], as the ADM suite has it; or features [n, D] and logits [n, K]). They are compared with real \
            pictures: by default those that the run was trained on.

            A network looks at both. With --weights of Inception-v3 (torch-fidelity's or pytorch-fid's file) the numbers \
            are those of the literature, best with 50,000 samples; with DINOv2 or an encoder of your own they compare \
            your models with each other. Where the ADM evaluator and torch-fidelity differ, both numbers are given.

            Examples:
              swiffuse train-encoder strided fashion-mnist --out judge.safetensors
              swiffuse evaluate run --weights judge.safetensors --count 2000
              swiffuse evaluate drawn/ --reference photos/ --weights weights-inception-2015-12-05-6726825d.pth
              swiffuse evaluate --reference photos/ --weights inception.pth --save-statistics photos.npz
              swiffuse evaluate run --reference photos.npz --weights inception.pth --export samples.npz --json
            """)

    @Argument(help: "A run, a checkpoint, a folder of pictures or an .npz file; none to keep statistics only.")
    var samples: String?

    @Option(
        help: ArgumentHelp(
            "Real pictures: a folder, an .npz file of pictures or statistics, or data such as fashion-mnist. Default: the run's.",
            valueName: "pictures"))
    var reference: String?

    @Option(help: ArgumentHelp("Number of samples. Default: 1000 if drawn, else all.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Most real pictures that are looked at. Default: 50000.", valueName: "n"))
    var referenceCount: Int?

    @Option(
        help: ArgumentHelp(
            "Most pictures of each side that precision, recall, density, coverage and kernel distance compare. "
                + "Default: 50000, or what memory holds.", valueName: "n"))
    var overlapCount: Int?

    @Flag(help: "Print the result as JSON; a score too large for a number is null.")
    var json = false

    @OptionGroup(title: "The network")
    var features: FeatureOptions

    @OptionGroup(title: "What to keep")
    var kept: EvaluationFiles

    @OptionGroup(title: "How to draw samples")
    var sampling: SamplingOptions

    @Option(help: ArgumentHelp("Seed of the first sample. Default: the recipe's.", valueName: "s"))
    var seed: Int?

    @OptionGroup(title: "Where to compute")
    var device: DeviceOptions

    func validate() throws {
        for (flag, value) in [("--count", count ?? 2), ("--reference-count", referenceCount ?? 2)]
        where !(2...10_000_000).contains(value) {
            throw ValidationError("\(flag): found \(value), expected 2 to 10000000")
        }
        if let overlapCount, !(0...1_000_000).contains(overlapCount) {
            throw ValidationError("--overlap-count: found \(overlapCount), expected 0 to 1000000")
        }
        if samples == nil && (reference == nil || kept.saveStatistics == nil) {
            throw ValidationError("give samples to measure, or --reference and --save-statistics to keep statistics")
        }
    }

    func run(in environment: CommandEnvironment) throws -> Int32 {
        try kept.check(
            apartFrom: [("the samples", samples), ("--reference", reference), ("--weights", features.weights)])
        if samples == nil { try refuse(flagsOfSamples, because: "no samples are named") }
        let device = try device.open(in: environment)
        let source = try samples.map { try SampleSource($0, self, environment, on: device) }
        let real = try realPictures(source, environment)
        let needsNetwork = source?.needsNetwork ?? true || real.needsNetwork
        if !needsNetwork { try refuse(features.given, because: "both sides are features or statistics already") }
        if !real.needsNetwork, referenceCount != nil {
            let reason = "\(real.name) holds features or statistics, which count as a whole"
            try refuse(["--reference-count"], because: reason)
        }
        let own = try OwnNetwork(needed: needsNetwork, features, environment)
        let extractor = try own.extractor(on: device)
        let limit = overlapLimit
        let keptSamples = try source.map { try keptVectors(of: $0, extractor, comparingFirst: limit) }
        let comparison = try referenceFeatures(
            real, as: source?.image, own, extractor, keepingFirst: limit, environment)
        if let path = kept.saveStatistics {
            try comparison.write(to: path)
            environment.messages.write("statistics: \(path)\n")
        }
        guard let source, let keptSamples else { return 0 }
        var found = try source.features(extractor, keeping: keptSamples, environment.messages)
        if source.needsNetwork { found.network = own.identity }
        if let path = kept.export { environment.messages.write("samples: \(path)\n") }
        if let path = kept.saveFeatures {
            try found.write(to: path)
            environment.messages.write("features: \(path)\n")
        }
        // What files of features and statistics say, where no network is looked through.
        let identity = own.identity ?? found.network ?? comparison.network
        let report = EvaluationReport(
            samples: (source.name, found.count), reference: (real.name, comparison.count),
            title: own.title ?? identity?.settings, identity: identity,
            scores: try EvaluationScores(samples: found, reference: comparison, comparingFirst: limit))
        if json { environment.say(try report.json) } else { for line in report.lines { environment.say(line) } }
        return 0
    }

    /// How many vectors of each side are compared one by one.
    private var overlapLimit: Int {
        if let overlapCount { return overlapCount }
        // Inception's 2048 numbers in Float32 and Float64 on both sides; half of the memory is for the rest.
        let byteCount = 2 * 2048 * (4 + 8)
        return min(50_000, max(10_000, (SystemMemory.available ?? .max) / 2 / byteCount))
    }

    /// The vectors of samples that are kept: all that go into a file, else those that are compared one by one.
    ///
    /// - Throws: `UserError` if memory does not hold them, before any work is done.
    private func keptVectors(
        of source: SampleSource, _ extractor: FeatureExtractor?, comparingFirst limit: Int
    ) throws -> FeatureSet.Kept {
        guard let path = kept.saveFeatures, source.needsNetwork, let extractor else { return .first(limit) }
        let count = try source.sampleCount()
        // Twice, for a growing array is copied; half of the memory is for the rest.
        let byteCount = 2 * count * extractor.width * MemoryLayout<Float>.stride
        let available = (SystemMemory.available ?? .max) / 2
        guard byteCount <= available else {
            throw UserError(
                "--save-features: the features of \(Amount.count(count)) samples need \(Amount.bytes(byteCount)) of memory, "
                    + "\(Amount.bytes(available)) can be used; give a smaller --count, or leave out \(path)")
        }
        return .all
    }

    private func realPictures(
        _ source: SampleSource?, _ environment: CommandEnvironment
    ) throws -> PictureCollection {
        if let reference {
            return try PictureCollection(reference, flag: "--reference", registry: environment.registry)
        }
        guard let recipe = source?.recipe else {
            throw UserError(
                "--reference: say which real pictures to compare with: a folder, an .npz file or data's name")
        }
        return try PictureCollection(of: recipe, registry: environment.registry)
    }

    private func referenceFeatures(
        _ real: PictureCollection, as image: ImageSpec?, _ own: OwnNetwork, _ extractor: FeatureExtractor?,
        keepingFirst limit: Int, _ environment: CommandEnvironment
    ) throws -> FeatureReference {
        if case .statistics(let file) = real {
            let known = try FeatureReference(file)
            // ADM's batches hold some of the pictures beside the statistics of all.
            let hasPictures = file.headers[NPZPictures.name] != nil
            guard let extractor, hasPictures, known.vectors == nil, limit > 0 else { return known }
            return known.comparing(
                try extractor.features(
                    of: try NPZPictures(file, limit: limit), keeping: .first(limit), titled: "real pictures",
                    to: environment.messages))
        }
        if case .npz(let file) = real, FeatureSet.isKept(in: file) { return try FeatureReference(try FeatureSet(file)) }
        guard let extractor else { throw UserError("--weights: say which network's features to compare") }
        let stream = try real.stream(as: image, limit: referenceCount ?? 50_000)
        var found = try extractor.features(
            of: stream, keeping: .first(limit), titled: "real pictures", to: environment.messages)
        found.network = own.identity
        return try FeatureReference(found)
    }
}

/// The network that both sides are looked at with, if any is needed.
private struct OwnNetwork {
    private let network: (any FeatureNetwork)?
    let identity: FeatureNetworkIdentity?

    init(needed: Bool, _ options: FeatureOptions, _ environment: CommandEnvironment) throws {
        network = needed ? try options.network(from: environment.registry) : nil
        identity = try network.map { network in
            FeatureNetworkIdentity(
                settings: network.settings, sha256: try options.weights.map { try SHA256.hexadecimal(ofFile: $0) })
        }
    }

    var title: String? { network?.title }

    func extractor(on device: any Device) throws -> FeatureExtractor? {
        try network.map { network in
            // Large networks look at large pictures.
            let count = network.network.scope.parameters.reduce(0) { $0 + $1.shape.count }
            return try FeatureExtractor(network, batchSize: count > 5_000_000 ? 16 : 128, on: device)
        }
    }
}
