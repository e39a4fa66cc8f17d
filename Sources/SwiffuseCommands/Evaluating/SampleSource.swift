import Foundation
import Swiffuse

/// Samples that `evaluate` looks at: drawn, read, or known by their features.
struct SampleSource {
    private enum Origin {
        case drawn(SampledPictures, PictureArchive?)
        case pictures(PictureCollection)
        case features(FeatureSet)
    }

    let name: String
    /// Their size if they are drawn; nil if it is that of the pictures read.
    let image: ImageSpec?
    /// The recipe of the model that draws them.
    let recipe: Recipe?
    private let origin: Origin
    private let count: Int

    var needsNetwork: Bool { if case .features = origin { false } else { true } }

    init(_ path: String, _ command: EvaluateCommand, _ environment: CommandEnvironment, on device: any Device) throws {
        let isRun = RunFolder.isFolder(path) && RunFolder(path).hasCheckpoint
        guard !isRun && !path.hasSuffix(".safetensors") else {
            try self.init(drawnFrom: path, command, environment, on: device)
            return
        }
        let flags = command.flagsOfDrawing + (command.kept.export == nil ? [] : ["--export"])
        try command.refuse(flags, because: "\(path) is no run or checkpoint that samples are drawn from")
        let limit = command.count ?? .max
        var pictures = try PictureCollection(path, flag: "samples", registry: environment.registry)
        if case .statistics(let file) = pictures {
            // ADM's batches hold pictures beside their statistics.
            guard file.headers[NPZPictures.name] != nil else {
                throw UserError(
                    "\(path) holds statistics, which cannot be samples; use --save-features to keep samples")
            }
            pictures = .npz(file)
        }
        if case .npz(let file) = pictures, FeatureSet.isKept(in: file), file.headers[NPZPictures.name] == nil {
            try command.refuse(
                command.count == nil ? [] : ["--count"], because: "\(path) holds features, which count as a whole")
            self.init(
                name: path, image: nil, recipe: nil, origin: .features(try FeatureSet(file)), count: limit)
        } else {
            self.init(name: path, image: nil, recipe: nil, origin: .pictures(pictures), count: limit)
        }
    }

    private init(name: String, image: ImageSpec?, recipe: Recipe?, origin: Origin, count: Int) {
        self.name = name
        self.image = image
        self.recipe = recipe
        self.origin = origin
        self.count = count
    }

    /// Number of samples.
    ///
    /// - Throws: what finding pictures throws.
    func sampleCount() throws -> Int {
        switch origin {
        case .drawn(let samples, _): samples.count
        case .pictures(let pictures): try pictures.stream(as: nil, limit: count).count
        case .features(let known): known.count
        }
    }

    /// - Parameter messages: where to tell how far it is.
    func features(
        _ extractor: FeatureExtractor?, keeping kept: FeatureSet.Kept, _ messages: TextOutput
    ) throws -> FeatureSet {
        if case .features(let known) = origin { return known }
        guard let extractor else { throw UserError("--weights: say which network's features to compare") }
        switch origin {
        case .features(let known): return known
        case .drawn(let samples, let archive):
            let found = try extractor.features(of: samples, keeping: kept, titled: "samples", to: messages)
            try archive?.finish()
            return found
        case .pictures(let pictures):
            return try extractor.features(
                of: try pictures.stream(as: nil, limit: count), keeping: kept, titled: "samples", to: messages)
        }
    }

    private init(
        drawnFrom path: String, _ command: EvaluateCommand, _ environment: CommandEnvironment, on device: any Device
    ) throws {
        let registry = environment.registry
        let checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: path))
        let tree = try checkpoint.recipeTree()
        var recipe = try Recipe(tree, overrides: try command.sampling.overrides(of: tree), registry: registry)
        if let seed = command.seed { recipe.sampling.seed = seed }
        guard [1, 3].contains(recipe.image.channels) else {
            throw UserError("\(path) draws pictures of \(recipe.image.channels) channels; 1 or 3 can be evaluated")
        }
        let model = try DiffusionModel(recipe, registry: registry)
        let count = command.count ?? 1000
        let archive = try command.kept.export.map { try PictureArchive($0, count: count, of: recipe.image) }
        let samples = SampledPictures(
            model, sampler: try model.sampler(registry: registry),
            store: try checkpoint.drawingStore(of: model, kept: command.sampling.storage, on: device),
            count: count,
            batch: try SamplingBatch.automatic(for: model, registry: registry, on: device),
            record: { try archive?.append($0) })
        self.init(
            name: "\(path), step \(checkpoint.step), seeds from \(recipe.sampling.seed)", image: recipe.image,
            recipe: recipe, origin: .drawn(samples, archive), count: count)
    }
}

extension FeatureExtractor {
    /// As `features(of:keeping:progress:)`, telling how far it is.
    func features(
        of pictures: any PictureStream, keeping kept: FeatureSet.Kept, titled title: String, to messages: TextOutput
    ) throws -> FeatureSet {
        var line = ProgressLine(messages)
        defer { line.finish() }
        let count = pictures.count
        do {
            return try features(of: pictures, keeping: kept) {
                line.show("\(title): \(Amount.count($0)) of \(Amount.count(count))", isLast: $0 == count)
            }
        } catch EvaluationError.notFinite(let what, let row) {
            throw UserError(
                "\(title): \(what) of number \(row + 1) hold a number that is not finite, which no picture gives with sound "
                    + "weights; use an undamaged file of the network for --weights")
        }
    }
}
