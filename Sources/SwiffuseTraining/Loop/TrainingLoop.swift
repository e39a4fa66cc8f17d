public import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

/// Trains a model update by update; files and messages are the caller's affair.
public struct TrainingLoop {
    public let model: DiffusionModel
    public private(set) var state: TrainingState
    private let objective: TrainingObjective
    private let optimizer: AdamW
    private let loader: BatchLoader

    /// - Parameters:
    ///   - model: what to train.
    ///   - state: where to go on; a fresh state for a new run.
    ///   - source: the images.
    /// - Throws: `DataError` if the images cannot be opened or prepared, `RecipeError` if they have other classes than the
    ///   recipe.
    public init(_ model: DiffusionModel, state: TrainingState, source: any DataSource) throws {
        let training = model.recipe.training
        self.model = model
        self.state = state
        objective = TrainingObjective(model)
        optimizer = training.adamW
        let dataset = try source.dataset()
        let classes = model.recipe.classes
        guard classes == 0 || classes == dataset.classCount else {
            throw RecipeError(
                .conflict, at: "classes", "the recipe has \(classes), the data \(dataset.classCount)",
                advice: "set classes: \(dataset.classCount), or 0 for a model without classes")
        }
        var settings = BatchLoader.Settings(
            batchSize: training.batchSize, order: .shuffled(seed: UInt64(training.seed)))
        settings.startingAt = state.step * training.batchSize * training.accumulation
        settings.mirrorsRandomly = training.flip
        loader = try Self.loader(dataset, try source.preparation(for: model.recipe.image), settings)
    }

    public var isFinished: Bool { state.step >= model.recipe.training.steps }

    /// One update.
    ///
    /// - Throws: `DataError`, `DeviceError`, `GradientError`, or `TrainingError.notFinite`; the state is then that of
    ///   the last good update.
    public mutating func step() throws -> StepReport {
        let training = model.recipe.training
        let number = state.step
        var gradients: Gradients?
        var losses: [Tensor] = []
        for part in 0..<training.accumulation {
            guard let batch = try loader.next() else { throw CancellationError() }
            let images = Tensor(
                batch.images, shape: [batch.count] + model.recipe.image, on: state.store.device)
            let result = try state.store.valueAndGradients(addingTo: gradients.take()) { store in
                let loss = objective.loss(
                    images: images, labels: batch.labels.map(Int.init), batch: number * training.accumulation + part,
                    store: store)
                return (loss, loss.detached())
            }
            gradients = result.gradients
            losses.append(result.result)
        }
        guard let gradients else { throw CancellationError() }
        return try update(with: gradients, losses: losses)
    }

    private mutating func update(with gradients: consuming Gradients, losses: [Tensor]) throws -> StepReport {
        let training = model.recipe.training
        let number = state.step
        let loss = try losses.reduce(0) { try $0 + $1.scalar() } / Float(losses.count)
        guard loss.isFinite else { throw TrainingError.notFinite(what: "the loss", step: number + 1) }
        let squaredNorm = gradients.squaredNorm()
        let squared = try squaredNorm?.scalar() ?? 0
        guard squared.isFinite else {
            let culprit = try zip(state.store.parameters, gradients.values).first {
                try $1?.sumOfSquares().scalar().isFinite == false
            }
            throw TrainingError.notFinite(
                what: "the gradient of \(culprit?.0.key ?? "the parameters")", step: number + 1)
        }
        let rate = training.learningRate(at: number)
        optimizer.update(
            &state.store, &state.optimizer, gradients: gradients, learningRate: rate,
            scale: 1 / Float(training.accumulation), squaredNorm: squaredNorm)
        return StepReport(
            step: state.step, loss: loss, gradientNorm: squared.squareRoot() / Float(training.accumulation),
            learningRate: rate, imageCount: training.batchSize * training.accumulation)
    }

    private static func loader(
        _ dataset: some ImageDataset, _ preparation: ImagePreparation, _ settings: BatchLoader.Settings
    ) throws(DataError) -> BatchLoader {
        try BatchLoader(dataset, preparation: preparation, settings: settings)
    }
}

/// What one update did.
public struct StepReport: Sendable, Hashable {
    /// Number of updates done.
    public let step: Int
    /// Mean loss over the update's images.
    public let loss: Float
    /// L2 norm of all gradients before clipping.
    public let gradientNorm: Float
    public let learningRate: Double
    /// Images used by this update.
    public let imageCount: Int
}

extension Shape {
    /// [B] and the size of an image: [B, C, H, W].
    static func + (batch: Shape, image: ImageSpec) -> Shape {
        Shape(batch.dimensions + [image.channels, image.height, image.width])
    }
}
