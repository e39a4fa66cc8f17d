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
        var run = TrainSteps(
            try TrainingFixture(fixture, registry: registry, on: device), try Self.optimizer(fixture.config))
        let stepCount = try fixture.shape(of: "inputs.t_normal", expecting: [nil, nil])[0]
        for step in 0..<stepCount { try run.advance(step) }
        return try fixture.references.map { try run.result(for: $0) }
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

/// Updates done so far, and what they logged.
private struct TrainSteps {
    private let training: TrainingFixture
    private let settings: TrainingConfiguration
    private let objective: TrainingObjective
    private var store: ParameterStore
    private var state: OptimizerState
    /// One number per update, by the fixture's names.
    private var curves: [String: [Double]] = [:]

    init(_ training: TrainingFixture, _ settings: TrainingConfiguration) {
        self.training = training
        self.settings = settings
        objective = TrainingObjective(training.model, networks: training.networks)
        store = training.store
        state = settings.adamW.begin(training.store)
    }

    mutating func advance(_ step: Int) throws {
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
        for (index, name) in names.enumerated() where weights[index] != 0 {
            curves[name, default: []].append(Double(try found.result[index].scalar() / weights[index]))
        }
        curves["grad_norm_before_clip", default: []].append(Double(try norm.scalar()))
    }

    func result(for key: String) throws -> GoldenResult {
        let name = String(key.dropFirst("outputs.".count))
        if let curve = curves[name] { return try training.fixture.compare(curve, shape: [curve.count], with: key) }
        for (prefix, values) in [("params_after.", store), ("ema_after.", state.averages[0])]
        where name.hasPrefix(prefix) {
            let wanted = name.dropFirst(prefix.count)
            guard let parameter = values.parameters.first(where: { Self.isKnown($0, as: wanted) }) else {
                return .unsupported(key, "the parameter \(wanted)")
            }
            return try training.fixture.compare(values[parameter], with: key)
        }
        return .unsupported(key, "the quantity \(name)")
    }

    private static func isKnown(_ parameter: Parameter, as name: Substring) -> Bool {
        TrainingFixture.officialKey(of: parameter) == name || parameter.key == name
    }
}
