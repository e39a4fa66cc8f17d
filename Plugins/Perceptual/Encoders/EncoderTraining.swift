import SwiffuseDiffusion
public import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor
import SwiffuseTraining

/// Trains an encoder to tell classes, or rotations, apart.
public struct EncoderTraining: Sendable {
    /// How long and how fast.
    public struct Settings: Sendable, Equatable {
        public var steps = 1500
        public var batchSize = 128
        /// η after the warm-up; it falls to 0 along a cosine.
        public var learningRate = 1e-3
        public var seed: UInt64 = 0

        public init() {}
    }

    /// How far training has got.
    public struct Progress: Sendable {
        /// Number of updates done.
        public let step: Int
        public let stepCount: Int
        /// Mean cross-entropy of the update's pictures, in nats.
        public let loss: Float
    }

    public let encoder: Encoder
    private let settings: Settings
    private let training: any ImageDataset
    private let heldOut: any ImageDataset
    private let preparation: ImagePreparation

    /// Share of the pictures that are held out to measure the accuracy, and how many at most.
    private static let heldOutShare = 0.1
    private static let heldOutLimit = 5000

    /// - Parameters:
    ///   - encoder: what to train.
    ///   - dataset: the pictures; a tenth of them, 5,000 at most, is held out.
    ///   - preparation: how they are brought to the encoder's size.
    /// - Throws: `DataError` if there are too few.
    public init(
        _ encoder: Encoder, dataset: any ImageDataset, preparation: ImagePreparation, settings: Settings
    ) throws(DataError) {
        let count = min(Self.heldOutLimit, Int(Double(dataset.count) * Self.heldOutShare))
        guard count >= 1 else {
            throw .settings(reason: "\(dataset.count) pictures are too few to train an encoder; 10 are needed at least")
        }
        let split = HeldOutSplit(holdingOut: count, of: dataset.count)
        self.encoder = encoder
        self.settings = settings
        self.preparation = preparation
        training = Self.subset(dataset, split.training)
        heldOut = Self.subset(dataset, split.validation)
    }

    private static func subset(_ dataset: some ImageDataset, _ indices: [Int]) -> any ImageDataset {
        ImageSubset(dataset, indices: indices)
    }

    /// Trains.
    ///
    /// - Parameters:
    ///   - device: where to compute.
    ///   - progress: called after every update; false stops.
    ///   - measuring: called afterwards, with how many of the held-out pictures have been looked at; false stops.
    /// - Returns: the weights, and the share of held-out pictures that are told right; nil if stopped.
    public func run(
        on device: any Device, progress: (Progress) throws -> Bool = { _ in true },
        measuring: (_ seen: Int, _ count: Int) throws -> Bool = { _, _ in true }
    ) throws -> (store: ParameterStore, accuracy: Double)? {
        var store = ParameterStore(encoder.scope, seed: settings.seed, on: device)
        let optimizer = AdamW(weightDecay: 0.01, decays: [], clipping: 1)
        var state = optimizer.begin(store)
        let loader = try Self.loader(training, preparation, settings.batchSize, .shuffled(seed: settings.seed))
        var schedule = ScheduleConfiguration()
        (schedule.type, schedule.warmupSteps) = (.cosine, min(100, settings.steps / 10))
        for step in 0..<settings.steps {
            guard let batch = try loader.next() else { return nil }
            let examples = LabelledBatch(batch, encoder.configuration)
            let key = Philox(seed: settings.seed, stream: UInt64(step))
            let (loss, gradients) = try store.valueAndGradients { [encoder] store in
                let logits = encoder(examples.images(on: device), Pass(store, dropout: .random(key))).logits
                let loss = logits.crossEntropy(with: examples.targets(on: device))
                return (loss, loss.detached())
            }
            let rate = settings.learningRate * schedule.share(at: step, of: settings.steps)
            optimizer.update(&store, &state, gradients: gradients, learningRate: rate)
            let value = try loss.scalar()
            guard value.isFinite else {
                throw TrainingError.notFinite(
                    NonFiniteValue(.loss(term: "cross-entropy", parameter: nil), value: value, step: step + 1))
            }
            guard try progress(Progress(step: step + 1, stepCount: settings.steps, loss: value)) else { return nil }
        }
        return try accuracy(with: store, progress: measuring).map { (store, $0) }
    }

    /// The share of held-out pictures that are told right; nil if stopped.
    private func accuracy(
        with store: ParameterStore, progress: (_ seen: Int, _ count: Int) throws -> Bool
    ) throws -> Double? {
        let size = min(settings.batchSize, heldOut.count)
        let loader = try Self.loader(heldOut, preparation, size, .sequential)
        var (right, seen) = (0, 0)
        while seen < heldOut.count, let batch = try loader.next() {
            let examples = LabelledBatch(batch, encoder.configuration)
            let scores = try encoder(examples.images(on: store.device), Pass(store)).logits.scalars()
            let classes = encoder.configuration.classes
            for row in 0..<min(batch.count, heldOut.count - seen) {
                let own = scores[row * classes..<(row + 1) * classes]
                if own.firstIndex(of: own.max() ?? 0) == row * classes + examples.labels[row] { right += 1 }
            }
            seen += batch.count
            guard try progress(min(seen, heldOut.count), heldOut.count) else { return nil }
        }
        return Double(right) / Double(heldOut.count)
    }

    private static func loader(
        _ dataset: some ImageDataset, _ preparation: ImagePreparation, _ size: Int, _ order: ExampleOrder
    ) throws(DataError) -> BatchLoader {
        var settings = BatchLoader.Settings(batchSize: size, order: order)
        try settings.apply(LoadingOptions())
        return try BatchLoader(dataset, preparation: preparation, settings: settings)
    }
}

extension Tensor {
    /// The mean cross-entropy, in nats, of scores [B, K] for one-hot targets of the same shape.
    public func crossEntropy(with targets: Tensor) -> Tensor {
        let shifted = self - maximum(over: [-1], axes: .kept).detached()
        let logSum = shifted.exp().sum(over: [-1], axes: .kept).log()
        return -((shifted - logSum) * targets).sum(over: [-1]).mean()
    }
}
