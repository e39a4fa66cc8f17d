public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

/// What training minimises: the error of the network's output on images noised to random times.
public struct TrainingObjective: Sendable {
    public let model: DiffusionModel
    private let classDropout: ClassDropout
    private let randomness: TrainingRandomness

    public init(_ model: DiffusionModel) {
        self.model = model
        let training = model.recipe.training
        classDropout = ClassDropout(
            probability: model.recipe.classes > 0 ? Float(training.classDropout) : 0, nullLabel: model.recipe.classes)
        randomness = TrainingRandomness(seed: training.seed)
    }

    /// The loss on a batch.
    ///
    /// - Parameters:
    ///   - images: [B, C, H, W] in −1…1.
    ///   - labels: a class per image.
    ///   - batch: number of the batch over the whole run; decides times, noise, forgotten classes and dropout.
    ///   - store: parameter values, recorded.
    /// - Returns: the terms of the loss.
    public func terms(images: Tensor, labels: [Int], batch: Int, store: ParameterStore) -> [LossTerm] {
        let count = images.shape[0]
        var timeGenerator = randomness.generator(for: .times, batch: batch)
        var noiseGenerator = randomness.generator(for: .noise, batch: batch)
        var classGenerator = randomness.generator(for: .classes, batch: batch)
        let times = model.times.times(count: count, using: &timeGenerator)
        let unit = Tensor.normal(images.shape, using: &noiseGenerator, on: images.device)
        let scale = Float(model.recipe.training.noiseScale)
        let condition: Condition =
            model.recipe.classes == 0
            ? .none : .classes(classDropout(labels, using: &classGenerator), on: images.device)
        let losses = losses(
            images: images, noise: scale == 1 ? unit : unit * scale, times: times, condition: condition,
            in: Pass(store, dropout: .random(randomness.generator(for: .dropout, batch: batch))))
        return [LossTerm(model.recipe.target.type, losses.mean())]
    }

    /// The loss on a batch, a scalar: the sum of `terms(images:labels:batch:store:)`.
    public func loss(images: Tensor, labels: [Int], batch: Int, store: ParameterStore) -> Tensor {
        let terms = terms(images: images, labels: labels, batch: batch, store: store)
        return terms.dropFirst().reduce(terms[0].value) { $0 + $1.value }
    }

    /// The loss on a batch with everything random given.
    ///
    /// - Parameters:
    ///   - images: [B, C, H, W] in −1…1.
    ///   - noise: [B, C, H, W].
    ///   - times: t in 0…1, one per image.
    ///   - condition: what the network is told about each image.
    ///   - pass: parameter values, recorded, and dropout.
    /// - Returns: the mean over the batch, a scalar.
    public func loss(
        images: Tensor, noise: Tensor, times: [Float], condition: Condition, in pass: Pass
    ) -> Tensor {
        losses(images: images, noise: noise, times: times, condition: condition, in: pass).mean()
    }

    /// The loss on each picture of a batch, with everything random given.
    ///
    /// - Parameters: as those of `loss(images:noise:times:condition:in:)`.
    /// - Returns: [B].
    public func losses(
        images: Tensor, noise: Tensor, times: [Float], condition: Condition, in pass: Pass
    ) -> Tensor {
        let noised = self.noise(images, with: noise, at: times, along: model.path)
        let raw = model.backbone.predict(
            noised.noisy, times: Tensor(times, shape: [times.count], on: images.device), condition: condition, in: pass)
        return errors(of: raw, for: noised, target: model.target, path: model.path)
    }

    private func noise(_ images: Tensor, with noise: Tensor, at times: [Float], along path: some NoisePath)
        -> NoisedImages
    {
        path.noised(images, with: noise, at: times)
    }

    private func errors(
        of raw: Tensor, for images: NoisedImages, target: some PredictionTarget, path: some NoisePath
    ) -> Tensor {
        target.loss(of: raw, for: images, along: path)
    }
}
