public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting
import SwiffuseTraining

/// Kind `train_steps`: some updates of PixelGen's trainer; losses of each, parameters and averages at the end.
public struct TrainStepsCheck: GoldenCheck {
    public let kinds = ["train_steps"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let training = try TrainingFixture(fixture, registry: registry, on: device)
        let stepCount = try fixture.shape(of: "inputs.t_normal", expecting: [nil, nil])[0]
        let settings = try Self.optimizer(fixture.config)
        let objective = TrainingObjective(training.model, networks: training.networks)
        var store = training.store
        var state = settings.adamW.begin(store)
        var curves: [String: [Double]] = [:]
        for step in 0..<stepCount {
            let batch = try TrainingBatch(training, step: step)
            let found = try store.valueAndGradients(unreached: .zero) { store in
                let terms = objective.terms(
                    images: batch.images, noise: batch.noise, times: batch.times, condition: batch.condition,
                    in: Pass(store))
                let total = terms.dropFirst().reduce(terms[0].value) { $0 + $1.value }
                return (total, terms.map { $0.value.detached() } + [total.detached()])
            }
            let norm = settings.adamW.update(
                &store, &state, gradients: found.gradients, learningRate: settings.learningRate(at: step))
            let weights = [1] + training.model.losses.map(\.weight) + [1]
            let names = ["fm_loss", "cos_loss", "lpips_loss", "dino_percept_loss", "loss"]
            for (index, name) in names.enumerated() {
                curves[name, default: []].append(Double(try found.result[index].scalar() / weights[index]))
            }
            curves["grad_norm_before_clip", default: []].append(Double(try norm.scalar()))
        }
        let ends = [("params_after", store), ("ema_after", state.averages[0])]
        return try fixture.references.map { key in
            let name = String(key.dropFirst("outputs.".count))
            if let curve = curves[name] { return try fixture.compare(curve, shape: [stepCount], with: key) }
            for (prefix, values) in ends where name.hasPrefix(prefix + ".") {
                let wanted = name.dropFirst(prefix.count + 1)
                guard
                    let parameter = values.parameters.first(where: {
                        TrainingFixture.officialKey(of: $0) == wanted || $0.key == wanted
                    })
                else { return .unsupported(key, "the parameter \(wanted)") }
                return try fixture.compare(values[parameter], with: key)
            }
            return .unsupported(key, "the quantity \(name)")
        }
    }

    private static func optimizer(_ config: FixtureSettings) throws -> TrainingConfiguration {
        var training = TrainingConfiguration()
        training.optimizer.learningRate = try config.number("lr")
        let betas = try config.list("betas").compactMap(\.number)
        guard betas.count == 2 else { throw config.malformed("betas", "are not two numbers") }
        (training.optimizer.beta1, training.optimizer.beta2) = (betas[0], betas[1])
        training.optimizer.epsilon = try config.number("adam_eps", default: 1e-8)
        training.optimizer.weightDecay = try config.number("weight_decay", default: 0)
        training.gradientClipping = try config.number("clip_grad_norm", default: 0)
        training.ema = [try config.number("ema_decay")]
        try training.validate()
        return training
    }
}
