public import SwiffuseDiffusion
public import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

/// The pictures that a run shows of itself: the same seeds and classes every time, one class per column.
public struct SampleGrid: Sendable {
    private let model: DiffusionModel
    private let sampler: DiffusionSampler
    private let columns: Int
    private let rows: Int

    /// - Parameter rows: pictures per class.
    public init(_ model: DiffusionModel, registry: Registry, rows: Int = 4) throws(RecipeError) {
        self.model = model
        sampler = try model.sampler(registry: registry)
        columns = model.recipe.classes > 0 ? min(model.recipe.classes, 10) : 8
        self.rows = rows
    }

    /// Draws with the recipe's choice of weights.
    public func draw(from state: TrainingState) throws -> ImageBuffer {
        let recipe = model.recipe
        let store = state.weights(recipe.sampling.ema, of: recipe.training).store
        let count = columns * rows
        let seeds = (0..<count).map { UInt64(recipe.sampling.seed + $0) }
        let noise = DiffusionSampler.noise(
            seeds: seeds, image: recipe.image, scale: Float(recipe.training.noiseScale), on: store.device)
        let condition: SamplingCondition =
            recipe.classes == 0
            ? .none : .classes((0..<count).map { $0 % columns }, of: recipe.model, on: store.device)
        let images = try sampler.sample(
            from: noise, condition: condition, in: Pass(store), stepNoise: .seeds(seeds)
        ).images
        let pictures = PixelConversion.images(
            fromNCHW: try images.scalars(), channels: recipe.image.channels, height: recipe.image.height,
            width: recipe.image.width)
        return try ImageGrid(columns: columns).tiled(pictures)
    }
}
