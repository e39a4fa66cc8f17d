import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting

/// The perceptual terms of one training step, taken apart.
struct TrainStepTerms {
    private let training: TrainingFixture
    private let predicted: Tensor
    private let truth: Tensor
    private let context: LossContext
    private let lpips: LPIPSLoss
    private let dino: PDINOLoss
    private let repa: REPALoss
    private let gate: GateConfiguration

    init(_ training: TrainingFixture, predicted: Tensor, truth: Tensor, context: LossContext) throws {
        let build = BuildContext(model: training.model.recipe.model)
        guard let repa = training.model.losses[0].loss as? REPALoss else {
            throw GoldenError.unsupported(reason: "a gate before REPA")
        }
        self.training = training
        self.predicted = predicted
        self.truth = truth
        self.context = context
        self.repa = repa
        lpips = try LPIPSLoss(training.losses.lpips, in: build)
        dino = try PDINOLoss(training.losses.dino, in: build)
        gate = training.model.recipe.losses[1].gate
    }

    func quantities() throws -> [String: Tensor] {
        let alwaysClosed = LossContext(
            times: context.times.map { _ in 0 }, pass: context.pass, networks: context.networks)
        let contributions = lpips.contributions(of: predicted, reference: truth, in: context)
        let wanted = dino.referenceFeatures(of: truth, in: context)
        let seen = dino.features(of: predicted, in: context)
        let last = wanted.count - 1
        let mask = context.times.map { gate.from > 0 && $0 < Float(gate.from) ? Float(0) : 1 }
        return [
            "outputs.cos_loss": mean(repa, context),
            "outputs.lpips_loss": mean(gate.applied(to: lpips), context),
            "outputs.lpips_loss_no_mask": mean(lpips, context),
            "outputs.lpips_loss_all_gated": mean(Gated(lpips, from: 0.5), alwaysClosed),
            "outputs.lpips_per_layer": contributions,
            "outputs.lpips_per_sample": contributions.sum(over: [1]),
            "outputs.dino_percept_loss": mean(gate.applied(to: dino), context),
            "outputs.dino_percept_loss_no_mask": mean(dino, context),
            "outputs.dino_percept_loss_per_sample_gated": mean(Gated(dino, from: Float(gate.from)), context),
            "outputs.dino_percept_loss_all_gated": mean(
                Gated(dino, from: 0.5, behaviour: dino.officialGate), alwaysClosed),
            "outputs.dino_feat_gt": wanted[last],
            "outputs.dino_feat_pred": seen[last],
            "outputs.dino_cos_per_patch": seen[last].cosine(with: wanted[last]),
            "outputs.repa_cos_sim_per_patch": repa.cosines(reference: truth, in: context),
            "outputs.percept_mask": Tensor(mask, shape: [mask.count], on: predicted.device),
            "grads.lpips_loss_wrt_x_pred": gradient(gate.applied(to: lpips)),
            "grads.dino_percept_loss_wrt_x_pred": gradient(gate.applied(to: dino)),
        ]
    }

    /// P-DINO with a single one of its blocks; nil if there are not so many.
    func alignment(ofLayer place: Int) throws -> Tensor? {
        guard training.losses.dino.layers.indices.contains(place) else { return nil }
        var configuration = training.losses.dino
        configuration.layers = [configuration.layers[place]]
        let loss = try PDINOLoss(configuration, in: BuildContext(model: training.model.recipe.model))
        return mean(gate.applied(to: loss), context)
    }

    private func mean(_ loss: any PerceptualLoss, _ context: LossContext) -> Tensor {
        loss.values(of: predicted, reference: truth, in: context).mean()
    }

    private func gradient(_ loss: any PerceptualLoss) -> Tensor {
        let tape = Tape()
        let image = tape.watch(predicted)
        let value = loss.values(of: image, reference: truth, in: context).mean()
        return tape.gradients(of: value, withRespectTo: [image])[0] ?? Tensor.zeros(image.shape, on: image.device)
    }
}
