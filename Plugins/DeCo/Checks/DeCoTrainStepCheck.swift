public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `deco_train_step`: the terms of DeCo's loss and all gradients, with the draws and the image features given.
public struct DeCoTrainStepCheck: GoldenCheck {
    public let kinds = ["deco_train_step"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let step = try DeCoTrainStep(fixture, on: device)
        let scope = Scope()
        let network = try DeCo(
            step.configuration, in: BuildContext(model: step.model, scope: scope.child("denoiser")))
        let target = try fixture.tensor("inputs.dino_features", shape: [step.batch, nil, nil], on: device)
        let head = AlignmentHead(
            scope.child("diffusion_trainer.proj.0"), from: step.configuration.hiddenSize,
            hidden: try fixture.shape(of: "weights.diffusion_trainer.proj.0.0.bias", expecting: [nil])[0],
            to: target.shape[2])
        let tape = Tape()
        let stored = try fixture.parameters(of: scope, prefix: "weights.", on: device)
        let store = ParameterStore(stored.parameters, values: stored.values.map { tape.watch($0) })
        let terms = try step.terms(network, head: head, target: target, in: Pass(store))
        var results = try terms.sorted { $0.key < $1.key }
            .map { try fixture.compare($0.value.detached(), with: "outputs.\($0.key)") }
        guard let loss = terms["loss"] else { return results }
        let gradients = tape.gradients(of: loss, withRespectTo: store.values)
        for (parameter, gradient) in zip(store.parameters, gradients) {
            let gradient = gradient ?? Tensor.zeros(parameter.shape, on: device)
            results.append(try fixture.compare(gradient, with: "grads.\(parameter.key)"))
        }
        return results
    }
}

/// One step of the official trainer with its draws.
private struct DeCoTrainStep {
    let model: ModelSpec
    let configuration: DeCoConfiguration
    let batch: Int
    private let settings: FixtureSettings
    private let images: Tensor
    private let noise: Tensor
    private let times: [Float]
    private let condition: Condition

    init(_ fixture: GoldenFixture, on device: any Device) throws {
        settings = try fixture.config
        let channels = try settings.integer("in_channels")
        images = try fixture.tensor("inputs.x", shape: [nil, channels, nil, nil], on: device)
        noise = try fixture.tensor("inputs.noise", shape: images.shape.dimensions.map { $0 }, on: device)
        batch = images.shape[0]
        let image = ImageSpec(channels: channels, height: images.shape[2], width: images.shape[3])
        model = ModelSpec(image: image, classCount: try settings.integer("num_classes"))
        guard (0...1_000_000).contains(model.classCount) else {
            throw settings.malformed("num_classes", "is not 0 to 1000000")
        }
        try image.validate()
        configuration = try DeCoArguments(settings, model: model).configuration
        try fixture.shape(of: "inputs.t_draw", expecting: [batch])
        try fixture.shape(of: "inputs.y", expecting: [batch])
        condition = .classes(try fixture.integers("inputs.y", in: 0...model.classCount), on: device)
        times = Self.times(
            from: try fixture.floats("inputs.t_draw"), isLogitNormal: try settings.bool("lognorm_t"),
            shift: try settings.number("timeshift", default: 1))
    }

    private static func times(from draws: [Float], isLogitNormal: Bool, shift: Double) -> [Float] {
        guard isLogitNormal else { return draws.map(TimeShift(Float(shift)).callAsFunction) }
        var configuration = LogitNormalTimes.Configuration()
        (configuration.mean, configuration.deviation, configuration.shift) = (0, 1, shift)
        return LogitNormalTimes(configuration).times(from: draws)
    }

    /// The parts of the loss and, as `loss`, all together.
    func terms(
        _ network: DeCo, head: AlignmentHead, target: Tensor, in pass: Pass
    ) throws -> [String: Tensor] {
        let device = images.device
        let noised = LinearPath().noised(images, with: noise, at: times)
        let tap = FeatureTap(enteringBlock: try settings.integer("align_layer"))
        guard network.taps.contains(tap) else { throw settings.malformed("align_layer", "is behind the last block") }
        let output = network.predict(
            noised.noisy, times: Tensor(times, shape: [times.count], on: device), condition: condition, taps: [tap],
            in: pass)
        guard let tokens = output.features[tap], tokens.shape[1] == target.shape[1] else {
            throw settings.malformed("align_layer", "gives other tokens than dino_features \(target.shape)")
        }
        var frequency = FrequencyLoss.Configuration()
        frequency.quality = try settings.number("freq_quality", default: 85)
        try FrequencyLoss.validate(frequency, for: model)
        let velocity = images - noise
        let flow = VelocityTarget().loss(of: output.raw, for: noised, along: LinearPath()).mean()
        let coefficients = try FrequencyLoss(frequency)(output.raw, velocity).mean()
        let alignment = 1 - head(tokens, pass).cosineSimilarity(to: target).mean()
        let loss =
            flow + coefficients * Float(try settings.number("freq_loss_weight", default: 1))
            + alignment * Float(try settings.number("feat_loss_weight", default: 0.5))
        return ["fm_loss": flow, "fm_loss_freq": coefficients, "cos_loss": alignment, "loss": loss]
    }
}

/// The head of the feature alignment loss: Linear – SiLU – Linear – SiLU – Linear; keys `0`, `2`, `4`.
private struct AlignmentHead {
    private let layers: [Linear]

    init(_ scope: Scope, from inputs: Int, hidden: Int, to outputs: Int) {
        layers = [
            Linear(scope.child("0"), from: inputs, to: hidden), Linear(scope.child("2"), from: hidden, to: hidden),
            Linear(scope.child("4"), from: hidden, to: outputs),
        ]
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        layers[2](layers[1](layers[0](x, pass).silu(), pass).silu(), pass)
    }
}

extension Tensor {
    /// x · y / (|x| |y|) over the last axis, norms not below 10⁻⁸.
    fileprivate func cosineSimilarity(to other: Tensor) -> Tensor {
        let product = (self * other).sum(over: [-1])
        // The smallest norm is 10⁻⁸, its square 10⁻¹⁶.
        let norms = [self, other].map { $0.squared().sum(over: [-1]).clamped(lower: 1e-16).squareRoot() }
        return product / (norms[0] * norms[1])
    }
}
