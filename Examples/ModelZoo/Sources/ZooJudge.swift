import Foundation
import Swiffuse

/// Scores samples with an encoder of its own, trained on the same pictures as the models; the numbers compare the models
/// of one table with each other, and with nothing else.
struct ZooJudge {
    private let extractor: FeatureExtractor
    private let reference: FeatureReference
    /// Pictures of each side.
    let sampleCount: Int
    let title: String

    /// - Parameters:
    ///   - path: where the encoder is kept; it is trained if it is not there.
    ///   - steps: updates of its training.
    ///   - sampleCount: samples to draw of each model.
    init(path: String, steps: Int, sampleCount: Int, registry: Registry, on device: any Device) throws {
        let recipe = try registry.preset("fashion-mnist").recipe(registry: registry)
        let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        let preparation = try source.preparation(for: recipe.image)
        if !FileManager.default.fileExists(atPath: path) {
            try Self.train(recipe, try source.dataset(), preparation, steps: steps, to: path, on: device)
        }
        let network = try EncoderFeatures(file: path)
        let architecture = try EncoderFile.configuration(of: path).architecture.rawValue
        title = "an encoder of our own (\(architecture)) trained on their classes; not comparable with Inception-v3"
        extractor = try FeatureExtractor(network, batchSize: 128, on: device)
        let test = try IDXDataset.fashionMNIST(.test)
        reference = try FeatureReference(
            try extractor.features(of: DatasetPictures(test, preparation: preparation), keeping: .first(10_000)))
        self.sampleCount = sampleCount
    }

    /// The Fréchet distance between a model's samples and the pictures of the test split.
    func distance(of model: DiffusionModel, store: ParameterStore, registry: Registry) throws -> Double {
        let samples = SampledPictures(
            model, sampler: try model.sampler(registry: registry), store: store, count: sampleCount, batch: 128)
        let found = try extractor.features(of: samples, keeping: .first(sampleCount))
        return try EvaluationScores(samples: found, reference: reference).frechet
    }

    private static func train(
        _ recipe: Recipe, _ dataset: any ImageDataset, _ preparation: ImagePreparation, steps: Int, to path: String,
        on device: any Device
    ) throws {
        var configuration = EncoderConfiguration()
        (configuration.architecture, configuration.image) = (.strided, recipe.image)
        (configuration.task, configuration.classes) = (.classes, recipe.classes)
        var settings = EncoderTraining.Settings()
        settings.steps = steps
        let training = try EncoderTraining(
            try Encoder(configuration), dataset: dataset, preparation: preparation, settings: settings)
        guard let result = try training.run(on: device) else { return }
        let share = "\((result.accuracy * 1000).rounded() / 10) % of held-out pictures right"
        print("judge: \(share)")
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try EncoderFile.write(result.store, of: configuration, summary: share, to: path)
    }
}
