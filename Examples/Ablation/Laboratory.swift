import Foundation
import Swiffuse

/// Trains and scores the runs of a study; what is done already is not done again.
struct Laboratory {
    let folder: String
    let steps: Int
    let sampleCount: Int
    let registry: Registry
    let device: any Device

    /// What a run was found to be worth.
    struct Result: Codable {
        let frechet: Double
        let inception: Double?
        let precision: Double
        let recall: Double
    }

    /// A run's result, computed if it is not there yet.
    func result(
        _ variant: Variant, _ pictures: Pictures, seed: Int, encoders: Encoders, reference: FeatureReference
    ) throws -> Result {
        let place = runFolder(variant, pictures, seed: seed)
        let path = place.path + "/scores.json"
        if let data = FileManager.default.contents(atPath: path) {
            return try JSONDecoder().decode(Result.self, from: data)
        }
        let run = try trained(variant, pictures, seed: seed, encoders: encoders, in: place)
        let found = try score(run, encoders, reference, pictures: place.path + "/pictures.png")
        try AtomicFile.write(Array(try JSONEncoder().encode(found)), to: path)
        return found
    }

    func runFolder(_ variant: Variant, _ pictures: Pictures, seed: Int) -> RunFolder {
        RunFolder("\(folder)/\(pictures.rawValue)/\(variant.key)/seed-\(seed)")
    }

    /// Features of the pictures that samples are compared with.
    func reference(for pictures: Pictures, encoders: Encoders) throws -> FeatureReference {
        let recipe = try pictures.recipe(steps: 1, seed: 0, registry: registry)
        let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        let preparation = try source.preparation(for: recipe.image)
        let extractor = try FeatureExtractor(try encoders.judge(), batchSize: 128, on: device)
        let real = DatasetPictures(try pictures.reference(), preparation: preparation)
        return try FeatureReference(try extractor.features(of: real, keeping: .first(10_000)))
    }

    /// Seconds of one update with all losses.
    func secondsPerUpdate(_ pictures: Pictures, _ encoders: Encoders) throws -> Double {
        guard let costly = Study.components.variants.dropLast().last else { return 1 }
        let recipe = try pictures.recipe(
            steps: 1000, seed: 0, losses: costly.losses(encoders), registry: registry)
        return try TrainingLoop.secondsPerUpdate(of: recipe, registry: registry, on: device)
    }

    /// Seconds of one sample.
    func secondsPerSample(_ pictures: Pictures) throws -> Double {
        let recipe = try pictures.recipe(steps: 1, seed: 0, registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        let store = ParameterStore(model.scope, seed: 0, on: device)
        var samples = SampledPictures(
            model, sampler: try model.sampler(registry: registry), store: store, count: 64, batch: 64)
        let start = ContinuousClock.now
        _ = try samples.next(64)
        return (ContinuousClock.now - start) / .seconds(1) / 64
    }

    private func trained(
        _ variant: Variant, _ pictures: Pictures, seed: Int, encoders: Encoders, in place: RunFolder
    ) throws -> TrainingRun {
        let recipe = try pictures.recipe(
            steps: steps, seed: seed, losses: variant.losses(encoders), registry: registry)
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        var run = try TrainingRun(
            recipe, registry: registry, folder: place, start: place.hasCheckpoint ? .resuming : .overwriting,
            on: device)
        try run.run(report: { event in
            if case .stepped(let report, _) = event, report.step % 100 == 0 {
                say("  step \(report.step) of \(steps), loss \(report.loss)")
            }
        })
        return run
    }

    private func score(
        _ run: TrainingRun, _ encoders: Encoders, _ reference: FeatureReference, pictures path: String
    ) throws -> Result {
        let model = run.loop.model
        let store = run.loop.state.weights(model.recipe.sampling.ema, of: model.recipe.training).store
        let sampler = try model.sampler(registry: registry)
        func samples(_ count: Int) -> SampledPictures {
            SampledPictures(model, sampler: sampler, store: store, count: count, batch: 128)
        }
        var first = samples(20)
        try PNG.write(try ImageGrid(columns: 10).tiled(try first.next(20)), to: path)
        let extractor = try FeatureExtractor(try encoders.judge(), batchSize: 128, on: device)
        let found = try extractor.features(of: samples(sampleCount), keeping: .first(sampleCount))
        let scores = try EvaluationScores(samples: found, reference: reference)
        return Result(
            frechet: scores.frechet, inception: scores.inceptionADM,
            precision: scores.precisionRecall?.precision ?? 0, recall: scores.precisionRecall?.recall ?? 0)
    }
}
