public import SwiffuseDiffusion
public import SwiffuseIO

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
        let pictures = try model.pictures(
            seeds: (0..<count).map { UInt64(recipe.sampling.seed + $0) }, labels: (0..<count).map { $0 % columns },
            by: sampler, from: store)
        return try ImageGrid(columns: columns).tiled(pictures)
    }
}
