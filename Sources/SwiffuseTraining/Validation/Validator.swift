public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseNN
import SwiffuseTensor

/// Measures the loss on held-out pictures, with the same times and the same noise every time.
///
/// Picture i belongs to bin i modulo the number of bins and has a fixed time there, so every picture is looked at once
/// and every bin has its share. Classes are never forgotten and dropout is off.
public struct Validator: Sendable {
    private let model: DiffusionModel
    private let data: TrainingData
    private let objective: TrainingObjective
    private let randomness: TrainingRandomness

    /// - Returns: nil if no pictures are held out.
    public init?(_ model: DiffusionModel, data: TrainingData) {
        guard data.validation != nil else { return nil }
        self.model = model
        self.data = data
        objective = TrainingObjective(model)
        randomness = TrainingRandomness(seed: model.recipe.training.seed)
    }

    /// Looks at the weights that the recipe names, each once.
    ///
    /// - Throws: `DataError`, `DeviceError`, or `TrainingError.notFinite`.
    public func reports(on state: TrainingState) throws -> [ValidationReport] {
        var reports: [ValidationReport] = []
        for choice in model.recipe.training.validation.weights {
            let (name, store) = state.weights(choice, of: model.recipe.training)
            if reports.contains(where: { $0.weights == name }) { continue }
            reports.append(try report(on: store, named: name, step: state.step))
        }
        return reports
    }

    /// Looks at given weights.
    public func report(on store: ParameterStore, named name: String, step: Int) throws -> ValidationReport {
        let bins = model.recipe.training.validation.bins
        let losses = try losses(with: store)
        if let loss = losses.first(where: { !$0.isFinite }) {
            let place = NonFiniteValue.Place.loss(term: "validation of \(name)", parameter: nil)
            throw TrainingError.notFinite(NonFiniteValue(place, value: loss, step: step))
        }
        // Float64: a mean over many pictures would lose digits in Float32.
        let means = (0..<bins).map { bin in
            let members = stride(from: bin, to: losses.count, by: bins).map { Double(losses[$0]) }
            return members.reduce(0, +) / Double(members.count)
        }
        let mean = losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
        return ValidationReport(step: step, weights: name, loss: mean, bins: means)
    }

    /// The loss of every held-out picture.
    private func losses(with store: ParameterStore) throws -> [Float] {
        guard let dataset = data.validation else { return [] }
        let size = min(model.recipe.training.batchSize, dataset.count)
        let loader = try TrainingData.loader(
            dataset, data.preparation, BatchLoader.Settings(batchSize: size, order: .sequential))
        var losses: [Float] = []
        while losses.count < dataset.count {
            guard let batch = try loader.next() else { throw CancellationError() }
            let found = try self.losses(of: batch, number: losses.count / size, with: store)
            // The last batch is filled up with pictures that have been looked at already.
            losses += found.prefix(dataset.count - losses.count)
        }
        return losses
    }

    private func losses(of batch: ImageBatch, number: Int, with store: ParameterStore) throws -> [Float] {
        let images = Tensor(batch.images, shape: [batch.count] + model.recipe.image, on: store.device)
        var noiseGenerator = randomness.generator(for: .validationNoise, batch: number)
        var timeGenerator = randomness.generator(for: .validationTimes, batch: number)
        let unit = Tensor.normal(images.shape, using: &noiseGenerator, on: store.device)
        let bins = model.recipe.training.validation.bins
        let times = timeGenerator.uniforms(batch.count).enumerated().map { slot, share in
            (Float((number * batch.count + slot) % bins) + share) / Float(bins)
        }
        let condition: Condition =
            model.recipe.classes == 0 ? .none : .classes(batch.labels.map(Int.init), on: store.device)
        return try objective.losses(
            images: images, noise: unit * Float(model.recipe.training.noiseScale), times: times, condition: condition,
            in: Pass(store)
        ).scalars()
    }
}

extension TrainingState {
    /// The weights that a choice stands for, and what logs call them.
    public func weights(
        _ choice: WeightsChoice, of training: TrainingConfiguration
    ) -> (name: String, store: ParameterStore) {
        let index: Int? =
            switch choice {
            case .raw: nil
            case .automatic: training.ema.isEmpty ? nil : 0
            case .average(let decay): training.ema.firstIndex(of: decay)
            }
        return index.map { ("ema-\(training.ema[$0])", optimizer.averages[$0]) } ?? ("raw", store)
    }
}
