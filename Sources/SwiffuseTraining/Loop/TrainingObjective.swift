public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

/// What training minimises: the error of the network's output on images noised to random times, and the recipe's other
/// losses on the clean images that it stands for.
public struct TrainingObjective: Sendable {
    public let model: DiffusionModel
    private let networks: FrozenNetworks
    private let classDropout: ClassDropout
    private let randomness: TrainingRandomness

    /// - Parameter networks: weights of the networks that the losses look through.
    public init(_ model: DiffusionModel, networks: FrozenNetworks = .none) {
        self.model = model
        self.networks = networks
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
        return terms(
            images: images, noise: scale == 1 ? unit : unit * scale, times: times, condition: condition,
            in: Pass(store, dropout: .random(randomness.generator(for: .dropout, batch: batch))))
    }

    /// The loss on a batch, a scalar: the sum of `terms(images:labels:batch:store:)`.
    public func loss(images: Tensor, labels: [Int], batch: Int, store: ParameterStore) -> Tensor {
        terms(images: images, labels: labels, batch: batch, store: store).total
    }

    /// The terms of the loss on a batch with everything random given.
    ///
    /// - Parameters:
    ///   - images: [B, C, H, W] in −1…1.
    ///   - noise: [B, C, H, W].
    ///   - times: t in 0…1, one per image.
    ///   - condition: what the network is told about each image.
    ///   - pass: parameter values, recorded, and dropout.
    /// - Returns: the terms of the loss: the target's, then those of `model.losses` in their order.
    public func terms(
        images: Tensor, noise: Tensor, times: [Float], condition: Condition, in pass: Pass
    ) -> [LossTerm] {
        let noised = self.noise(images, with: noise, at: times, along: model.path)
        let taps = Set(model.losses.flatMap(\.loss.taps)).sorted { $0.block < $1.block }
        let output = model.backbone.predict(
            noised.noisy, times: Tensor(times, shape: [times.count], on: images.device), condition: condition,
            taps: taps, in: pass)
        let own = errors(of: output.raw, for: noised, target: model.target, path: model.path).mean()
        let term = LossTerm(model.recipe.target.type, own, role: .target)
        guard !model.losses.isEmpty else { return [term] }
        let predicted = cleanImage(from: output.raw, noised, target: model.target, path: model.path)
        let context = LossContext(
            times: times, features: output.features, pass: pass, networks: networks,
            recalls: Set(model.losses.flatMap { $0.loss.recalls(at: times) }))
        return [term] + further(predicted, reference: images, in: context)
    }

    /// The recipe's losses besides the target's.
    private func further(_ predicted: Tensor, reference: Tensor, in context: LossContext) -> [LossTerm] {
        var terms: [Int: LossTerm] = [:]
        // Ungated losses first: what they find out about the whole batch serves those that look at a part of it.
        for isGated in [false, true] {
            for (index, loss) in model.losses.enumerated() where (loss.loss is Gated) == isGated {
                let value = value(of: loss, predicted, reference: reference, in: context)
                terms[index] = LossTerm(loss.name, value, role: loss.loss.isBalanced ? .balanced : .other)
            }
        }
        return model.losses.indices.compactMap { terms[$0] }
    }

    /// A loss that sees only pictures is differentiated at once: one network's features are held at a time.
    private func value(
        of loss: ModelLoss, _ predicted: Tensor, reference: Tensor, in context: LossContext
    ) -> Tensor {
        guard loss.seesOnlyPictures else {
            return loss.loss.values(of: predicted, reference: reference, in: context).mean() * loss.weight
        }
        return differentiatingEarly(predicted) {
            loss.loss.values(of: $0, reference: reference, in: context.seeingOnlyPictures).mean() * loss.weight
        }
    }

    /// The loss on a batch with everything random given, a scalar: the sum of
    /// `terms(images:noise:times:condition:in:)`.
    public func loss(
        images: Tensor, noise: Tensor, times: [Float], condition: Condition, in pass: Pass
    ) -> Tensor {
        terms(images: images, noise: noise, times: times, condition: condition, in: pass).total
    }

    /// The target's loss on each picture of a batch, with everything random given.
    ///
    /// - Parameters: as those of `terms(images:noise:times:condition:in:)`.
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

    private func cleanImage(
        from raw: Tensor, _ images: NoisedImages, target: some PredictionTarget, path: some NoisePath
    ) -> Tensor {
        target.cleanImage(from: raw, noisy: images.noisy, times: images.times, along: path, for: .training)
    }

    private func errors(
        of raw: Tensor, for images: NoisedImages, target: some PredictionTarget, path: some NoisePath
    ) -> Tensor {
        target.loss(of: raw, for: images, along: path)
    }
}
