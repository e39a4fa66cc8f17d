public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting
import SwiffuseTraining

/// Kind `train_step`: one step of PixelGen's trainer; every term, mask and feature, and the gradients of the whole and
/// of single terms.
public struct TrainStepCheck: GoldenCheck {
    public let kinds = ["train_step"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let training = try TrainingFixture(fixture, registry: registry, on: device)
        let step = try TrainStep(training)
        let quantities = try step.quantities()
        return try fixture.references.map { key in
            guard let value = try quantities[key] ?? step.lateQuantity(key) else {
                return .unsupported(key, "the quantity \(key)")
            }
            return try fixture.compare(value, with: key)
        }
    }
}

/// What one step computes, by the fixture's names.
private struct TrainStep {
    let training: TrainingFixture
    let batch: TrainingBatch
    /// The prediction, outside any recording.
    let output: BackboneOutput
    let noised: NoisedImages
    let inner: TrainStepTerms

    init(_ training: TrainingFixture) throws {
        let batch = try TrainingBatch(training)
        let model = training.model
        noised = Self.noise(batch, along: model.path)
        let device = training.store.device
        output = model.backbone.predict(
            noised.noisy, times: Tensor(batch.times, shape: [batch.times.count], on: device),
            condition: batch.condition, taps: model.losses.flatMap(\.loss.taps), in: Pass(training.store))
        self.training = training
        self.batch = batch
        let context = LossContext(
            times: batch.times, features: output.features, pass: Pass(training.store), networks: training.networks)
        inner = try TrainStepTerms(training, predicted: output.raw, truth: batch.images, context: context)
    }

    func quantities() throws -> [String: Tensor] {
        var found = try inner.quantities()
        found["outputs.t"] = Tensor(batch.times, shape: [batch.times.count], on: output.raw.device)
        found["outputs.x_t"] = noised.noisy
        found["outputs.x_pred"] = output.raw
        found["grads.fm_loss_wrt_x_pred"] = ownGradient(target: training.model.target, path: training.model.path)
        return found.merging(try whole()) { first, _ in first }
    }

    /// Losses of the encoder's blocks one by one: `inter_cos_<n>` is that of the n-th.
    func lateQuantity(_ key: String) throws -> Tensor? {
        guard let match = key.wholeMatch(of: /outputs\.inter_cos_(\d+)/), let place = Int(match.1) else { return nil }
        return try inner.alignment(ofLayer: place)
    }

    /// The loss, its gradients, and what balancing makes of them.
    private func whole() throws -> [String: Tensor] {
        let (model, device) = (training.model, training.store.device)
        let objective = TrainingObjective(model, networks: training.networks)
        let number = try training.fixture.config.integer("global_step", default: 0)
        var settings = BalanceConfiguration()
        settings.isOn = true
        var updated = LossBalance()
        var ratio: Float = 0
        let result = try training.store.valueAndGradients(unreached: .zero) { store in
            var terms = objective.terms(
                images: batch.images, noise: batch.noise, times: batch.times, condition: batch.condition,
                in: Pass(store))
            if let layer = model.backbone.lastLayer {
                ratio = try LossBalance.ratio(of: terms, at: store[layer], maximum: Float(settings.maximum))
                try updated.update(with: terms, at: store[layer], settings)
            }
            if settings.isDue(at: number) { terms = updated.applied(to: terms) }
            let total = terms.dropFirst().reduce(terms[0].value) { $0 + $1.value }
            return (total, (own: terms[0].value.detached(), total: total.detached()))
        }
        let factor = settings.isDue(at: number) ? updated.factor : 1
        var found = [
            "outputs.fm_loss": result.result.own, "outputs.loss": result.result.total,
            "outputs.percept_weight": Tensor.filled(factor, shape: [1], on: device),
            "outputs.adaptive_d_weight": Tensor.filled(ratio, shape: [1], on: device),
            "outputs.adaptive_cached_after_one_update_from_1": Tensor.filled(updated.factor, shape: [1], on: device),
        ]
        for parameter in training.store.parameters {
            found["grads." + TrainingFixture.officialKey(of: parameter)] = result.gradients[parameter]
        }
        return found
    }

    private func ownGradient(target: some PredictionTarget, path: some NoisePath) -> Tensor? {
        let tape = Tape()
        let raw = tape.watch(output.raw)
        return tape.gradients(of: target.loss(of: raw, for: noised, along: path).mean(), withRespectTo: [raw])[0]
    }

    private static func noise(_ batch: TrainingBatch, along path: some NoisePath) -> NoisedImages {
        path.noised(batch.images, with: batch.noise, at: batch.times)
    }
}
