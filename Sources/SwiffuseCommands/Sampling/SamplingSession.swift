import Swiffuse

/// Draws numbered pictures from a checkpoint, batch by batch.
///
/// Picture i starts from the noise of seed + i and shows class i modulo the classes given, whatever the batches are.
struct SamplingSession {
    let model: DiffusionModel
    let plan: SamplePlan
    /// Updates of the checkpoint.
    let step: Int
    let sampler: DiffusionSampler
    let store: ParameterStore
    /// The noise of the picture that was inverted, [1, C, H, W].
    private(set) var invertedNoise: Tensor?

    /// - Parameters:
    ///   - checkpoint: where the weights come from.
    ///   - model: that of the checkpoint, whose recipe says how to sample.
    ///   - storage: how the weights are kept.
    ///   - sampler: draws with the model.
    init(
        _ checkpoint: Checkpoint, kept storage: KeptWeights, model: DiffusionModel, sampler: DiffusionSampler,
        plan: SamplePlan, on device: any Device
    ) throws {
        self.model = model
        self.sampler = sampler
        self.plan = plan
        step = checkpoint.step
        store = try checkpoint.drawingStore(of: model, kept: storage, on: device)
    }

    var recipe: Recipe { model.recipe }

    /// The class of a picture; nil if it has none.
    func label(of index: Int) -> Int? {
        plan.labels.isEmpty ? nil : plan.labels[index % plan.labels.count]
    }

    func seed(of index: Int) -> Int { recipe.sampling.seed + index }

    /// How many states a run goes through, its start and its end included.
    var stateCount: Int { sampler.grid.starting(at: 1 - (plan.given.strength ?? 1)).times.count }

    /// Draws some pictures.
    ///
    /// - Parameters:
    ///   - keepsSteps: whether to return the states between.
    ///   - progress: called with the share done, 0…1, after every step.
    func draw(
        _ indices: Range<Int>, keepsSteps: Bool = false, progress: (Double) -> Void
    ) throws -> DrawnPictures {
        let result = try sampler.sample(request(indices, keepsSteps: keepsSteps), in: Pass(store)) {
            progress(Double($0.completedSteps) / Double($0.stepCount))
        }
        return DrawnPictures(
            pictures: try pictures(of: result.images), steps: try result.states.map { try pictures(of: $0) })
    }

    /// Finds the noise of the given picture; later draws start from it.
    mutating func invert(_ picture: [Float], by solver: any Solver, progress: (Double) -> Void) throws {
        let image = tensor(picture, channels: recipe.image.channels, count: 1)
        invertedNoise = try sampler.invert(image, condition: condition(0..<1), in: Pass(store), by: solver) {
            progress(Double($0.completedSteps) / Double($0.stepCount))
        }
    }

    private func request(_ indices: Range<Int>, keepsSteps: Bool) -> SamplingRequest {
        let seeds = indices.map { UInt64(seed(of: $0)) }
        let noise =
            invertedNoise
            ?? DiffusionSampler.noise(
                seeds: seeds, image: recipe.image, scale: Float(recipe.training.noiseScale), on: store.device)
        var request = SamplingRequest(
            noise: noise, condition: condition(indices), stepNoise: .seeds(seeds),
            trajectory: keepsSteps ? .kept : .discarded)
        switch plan.given {
        case .none, .inversion: break
        case .variation(let picture, let strength):
            request.start = .image(
                tensor(picture, channels: recipe.image.channels, count: seeds.count), strength: strength)
        case .inpainting(let picture, let mask, let strength):
            let image = tensor(picture, channels: recipe.image.channels, count: seeds.count)
            request.known = .image(image, repaint: tensor(mask, channels: 1, count: seeds.count))
            request.start = .image(image, strength: strength)
        }
        return request
    }

    private func condition(_ indices: Range<Int>) -> SamplingCondition {
        plan.labels.isEmpty
            ? .noClass(count: indices.count, of: recipe.model, on: store.device)
            : .classes(indices.compactMap(label), of: recipe.model, on: store.device)
    }

    /// The same picture `count` times, [count, channels, H, W].
    private func tensor(_ values: [Float], channels: Int, count: Int) -> Tensor {
        Tensor(
            (0..<count).flatMap { _ in values },
            shape: [count, channels, recipe.image.height, recipe.image.width], on: store.device)
    }

    private func pictures(of images: Tensor) throws -> [ImageBuffer] {
        PixelConversion.images(
            fromNCHW: try images.scalars(), channels: recipe.image.channels, height: recipe.image.height,
            width: recipe.image.width)
    }
}

/// Pictures, and what they went through if that was kept.
struct DrawnPictures {
    var pictures: [ImageBuffer] = []
    /// For each state of the run, noise first, its pictures; empty if not kept.
    var steps: [[ImageBuffer]] = []

    /// Appends the pictures of the next batch.
    mutating func append(_ other: DrawnPictures) {
        pictures += other.pictures
        steps = steps.isEmpty ? other.steps : zip(steps, other.steps).map { $0 + $1 }
    }
}
