import Swiffuse

/// Draws numbered pictures from a checkpoint, batch by batch.
///
/// Picture i starts from the noise of seed + i and shows class i modulo the classes given, whatever the batches are.
struct SamplingSession {
    let recipe: Recipe
    let model: DiffusionModel
    let step: Int
    let labels: [Int]
    private let sampler: DiffusionSampler
    private let store: ParameterStore

    init(_ checkpoint: Checkpoint, recipe: Recipe, labels: [Int], registry: Registry, on device: any Device) throws {
        self.recipe = recipe
        self.labels = labels
        step = checkpoint.step
        model = try DiffusionModel(recipe, registry: registry)
        sampler = try model.sampler(registry: registry)
        store = try checkpoint.store(recipe.sampling.ema, of: model, on: device)
    }

    /// The class of a picture; nil in a model without classes.
    func label(of index: Int) -> Int? { labels.isEmpty ? nil : labels[index % labels.count] }

    func seed(of index: Int) -> Int { recipe.sampling.seed + index }

    /// Draws some pictures.
    ///
    /// - Parameter progress: called with the share done, 0…1, after every step.
    func draw(_ indices: Range<Int>, progress: (Double) -> Void) throws -> [ImageBuffer] {
        let device = store.device
        let image = recipe.image
        let noise = DiffusionSampler.noise(
            seeds: indices.map { UInt64(seed(of: $0)) }, image: image, scale: Float(recipe.training.noiseScale),
            on: device)
        let condition: SamplingCondition =
            labels.isEmpty ? .none : .classes(indices.compactMap(label), of: recipe.model, on: device)
        let result = try sampler.sample(from: noise, condition: condition, in: Pass(store)) {
            progress(Double($0.completedSteps) / Double($0.stepCount))
        }
        return PixelConversion.images(
            fromNCHW: try result.images.scalars(), channels: image.channels, height: image.height, width: image.width)
    }
}
