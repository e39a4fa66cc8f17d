import Foundation
import Swiffuse

/// The networks of a study: two for the losses, and an unlike one, with another seed, for the scores.
struct Encoders {
    private let folder: String

    /// Small enough to add no more than half of an update's time.
    private static var configuration: EncoderConfiguration {
        var configuration = EncoderConfiguration()
        configuration.widths = [8, 16, 32, 48, 64]
        (configuration.transformer.patchSize, configuration.transformer.depth) = (8, 4)
        return configuration
    }

    /// Trains those that the folder does not have yet.
    init(_ pictures: Pictures, in folder: String, steps: Int, registry: Registry, on device: any Device) throws {
        self.folder = folder
        let recipe = try pictures.recipe(steps: 1, seed: 0, registry: registry)
        for (architecture, seed) in [(EncoderConfiguration.Architecture.vgg, 1), (.vit, 2), (.strided, 3)] {
            let path = path(architecture)
            if FileManager.default.fileExists(atPath: path) { continue }
            var configuration = Self.configuration
            (configuration.architecture, configuration.image) = (architecture, recipe.image)
            (configuration.task, configuration.classes) =
                recipe.classes == 0 ? (.rotations, 4) : (.classes, recipe.classes)
            var settings = EncoderTraining.Settings()
            (settings.steps, settings.seed) = (steps, UInt64(seed))
            let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
            let training = try EncoderTraining(
                try Encoder(configuration), dataset: try source.dataset(),
                preparation: try source.preparation(for: recipe.image), settings: settings)
            guard let result = try training.run(on: device) else { continue }
            let share = (result.accuracy * 1000).rounded() / 10
            say("\(path): \(share) % of held-out pictures right")
            try EncoderFile.write(
                result.store, of: configuration, summary: "\(share) % of held-out pictures right", to: path)
        }
    }

    /// What the samples are scored with.
    func judge() throws -> EncoderFeatures { try EncoderFeatures(file: path(.strided)) }

    func lpips(weight: Double, gate: RecipeValue) -> RecipeValue {
        [
            "type": "lpips", "weight": .number(weight), "gate": gate,
            "network": ["widths": .list(Self.configuration.widths.map { .integer($0) }), "heads": "uniform"],
            "weights": ["file": .string(path(.vgg))],
        ]
    }

    func pDINO(weight: Double, gate: RecipeValue) -> RecipeValue {
        let network = Self.configuration.transformer
        return [
            "type": "p-dino", "weight": .number(weight), "gate": gate, "layers": [.integer(network.depth - 1)],
            "encoder": [
                "basePatchSize": .integer(network.patchSize), "weights": ["file": .string(path(.vit))],
                "network": [
                    "imageSize": .integer(network.imageSize), "patchSize": .integer(network.patchSize),
                    "width": .integer(network.width), "depth": .integer(network.depth),
                    "headCount": .integer(network.headCount), "mlpRatio": .number(network.mlpRatio),
                ],
            ],
        ]
    }

    private func path(_ architecture: EncoderConfiguration.Architecture) -> String {
        "\(folder)/\(architecture.rawValue).safetensors"
    }
}
