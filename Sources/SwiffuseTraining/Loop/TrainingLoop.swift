public import SwiffuseDiffusion
public import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

/// Trains a model update by update; files and messages are the caller's affair.
public struct TrainingLoop: Sendable {
    public let model: DiffusionModel
    public private(set) var state: TrainingState
    private let objective: TrainingObjective
    private let optimizer: AdamW
    private let loader: BatchLoader

    /// - Parameters:
    ///   - model: what to train.
    ///   - state: where to go on; a fresh state for a new run.
    ///   - source: the images.
    ///   - loading: how they are brought in.
    /// - Throws: `DataError` if the images cannot be opened or prepared, `RecipeError` if they have other classes than
    ///   the recipe, or what keeps the weights of a frozen network from being read.
    public init(
        _ model: DiffusionModel, state: TrainingState, source: any DataSource,
        loading: LoadingOptions = LoadingOptions()
    ) throws {
        try self.init(
            model, state: state, data: try TrainingData(source, for: model.recipe, loading: loading),
            networks: try FrozenNetworks(loading: model.frozenNetworks, on: state.store.device))
    }

    /// - Parameters:
    ///   - data: images that have been opened already.
    ///   - networks: weights of the networks that the recipe's losses look through.
    /// - Throws: `DataError` if the images cannot be loaded.
    public init(
        _ model: DiffusionModel, state: TrainingState, data: TrainingData, networks: FrozenNetworks
    ) throws(DataError) {
        let training = model.recipe.training
        self.model = model
        self.state = state
        objective = TrainingObjective(model, networks: networks)
        optimizer = training.adamW
        var settings = BatchLoader.Settings(
            batchSize: training.batchSize, order: .shuffled(seed: UInt64(training.seed)))
        settings.startingAt = state.step * training.batchSize * training.accumulation
        settings.mirrorsRandomly = training.flip
        loader = try data.loader(settings)
    }

    /// Damaged pictures that were skipped so far, each once.
    public var skippedPictures: [SkippedPicture] { loader.skippedPictures }

    public var isFinished: Bool { state.step >= model.recipe.training.steps }

    /// One update.
    ///
    /// - Throws: `DataError`, `DeviceError`, `GradientError`, or `TrainingError.notFinite`; the state is then that of
    ///   the last good update.
    public mutating func step() throws -> StepReport {
        let training = model.recipe.training
        let number = state.step
        var gradients: Gradients?
        var terms: [[LossTerm]] = []
        var balance = state.balance
        var waiting = Duration.zero
        for part in 0..<training.accumulation {
            let (wait, batch) = try nextBatch()
            waiting += wait
            let images = Tensor(
                batch.images, shape: [batch.count] + model.recipe.image, on: state.store.device)
            let result = try state.store.valueAndGradients(addingTo: gradients.take()) { store in
                var terms = objective.terms(
                    images: images, labels: batch.labels.map(Int.init), batch: number * training.accumulation + part,
                    store: store)
                if part == 0, training.balance.isDue(at: number), let layer = model.backbone.lastLayer {
                    try balance.update(with: terms, at: store[layer], training.balance)
                }
                if training.balance.isOn { terms = balance.applied(to: terms) }
                return (terms.total, terms.map { $0.detached() })
            }
            gradients = result.gradients
            terms.append(result.result)
        }
        guard let gradients else { throw CancellationError() }
        let report = try update(with: gradients, terms: terms, balance: balance, waiting: waiting)
        state.balance = balance
        return report
    }

    /// The next pictures, and how long they took to come.
    private func nextBatch() throws -> (wait: Duration, batch: ImageBatch) {
        let clock = ContinuousClock()
        let start = clock.now
        guard let batch = try loader.next() else { throw CancellationError() }
        return (clock.now - start, batch)
    }

    private mutating func update(
        with gradients: consuming Gradients, terms: [[LossTerm]], balance: LossBalance, waiting: Duration
    ) throws -> StepReport {
        let training = model.recipe.training
        let number = state.step
        let finiteness = FinitenessCheck(step: number + 1)
        let loss = try finiteness.loss(terms, parameters: state.store)
        let squaredNorm = gradients.squaredNorm()
        let squared = try squaredNorm?.scalar() ?? 0
        if !squared.isFinite { throw try finiteness.culprit(in: gradients, of: state.store, terms: terms) }
        let rate = training.learningRate(at: number)
        optimizer.update(
            &state.store, &state.optimizer, gradients: gradients, learningRate: rate,
            scale: 1 / Float(training.accumulation), squaredNorm: squaredNorm)
        return StepReport(
            step: state.step, loss: loss.total, terms: loss.terms,
            balance: training.balance.isOn ? balance.factor : nil,
            gradientNorm: squared.squareRoot() / Float(training.accumulation), learningRate: rate,
            imageCount: training.batchSize * training.accumulation, dataWait: waiting)
    }
}

extension Shape {
    /// [B] and the size of an image: [B, C, H, W].
    static func + (batch: Shape, image: ImageSpec) -> Shape {
        Shape(batch.dimensions + [image.channels, image.height, image.width])
    }
}
