import MixerParts
import Swiffuse
import Testing

/// The parts work together.
@Suite struct TrainingTests {
    private static let tiny = [
        "image.height=8", "image.width=8", "data=none", "backbone.width=16", "backbone.depth=1",
        "training.batchSize=16",
    ]

    @Test func theLossFalls() throws {
        let registry = try Registry.standard(adding: [MixerPlugin()])
        let recipe = try registry.preset("fashion-mnist-mixer").recipe(
            overrides: try Self.tiny.map { try RecipeOverride($0) }, registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        let device = try CPUDevice(threads: 1)
        let start = TrainingState(model.scope, seed: 0, optimizer: recipe.training.adamW, on: device)
        var loop = try TrainingLoop(model, state: start, source: Stripes())
        var losses: [Float] = []
        while !loop.isFinished { losses.append(try loop.step().loss) }
        let first = losses.prefix(20).reduce(0, +)
        let last = losses.suffix(20).reduce(0, +)
        #expect(last < 0.7 * first)
    }
}

/// Pictures with stripes across or down, by class.
private struct Stripes: DataSource, ImageDataset {
    let count = 64
    let classNames = (0..<10).map { "stripes \($0)" }

    func label(at index: Int) -> Int { index % 2 }

    func image(at index: Int) -> ImageBuffer {
        let pixels = (0..<64).map { place in
            let line = index % 2 == 0 ? place / 8 : place % 8
            return UInt8((line + index / 2) % 4 < 2 ? 0 : 255)
        }
        return ImageBuffer(width: 8, height: 8, channels: 1, pixels: pixels)
    }

    func dataset() -> any ImageDataset { self }

    func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: .pad(0))
    }
}
