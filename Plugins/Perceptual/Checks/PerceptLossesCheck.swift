public import SwiffuseDiffusion
import SwiffuseNN
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `percept_losses`: LPIPS and P-DINO with several gates, and their gradients with respect to the prediction.
public struct PerceptLossesCheck: GoldenCheck {
    public let kinds = ["percept_losses"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let arguments = try LossArguments(fixture.config)
        let truth = try fixture.tensor("inputs.x", shape: [nil, 3, nil, nil], on: device)
        let predicted = try fixture.tensor("inputs.x_pred", shape: truth.shape.dimensions.map { $0 }, on: device)
        let image = ImageSpec(channels: 3, height: truth.shape[2], width: truth.shape[3])
        try image.validate()
        let context = BuildContext(model: ModelSpec(image: image, classCount: 0))
        let losses: [String: any PerceptualLoss] = [
            "lpips": try LPIPSLoss(arguments.lpips, in: context), "pdino": try PDINOLoss(arguments.dino, in: context),
        ]
        let networks = try FixtureNetworks.load(losses.values.flatMap(\.networks), from: fixture, on: device)
        let run = PerceptLossesRun(
            fixture: fixture, truth: truth, predicted: predicted, losses: losses, networks: networks)
        let names = Set(fixture.references.map { $0.drop { $0 != "." }.dropFirst() })
        return names.sorted().flatMap { name in
            do { return try run.results(String(name)) } catch { return [.fail("outputs.\(name)", "\(error)")] }
        }
    }
}

private struct PerceptLossesRun {
    let fixture: GoldenFixture
    let truth: Tensor
    let predicted: Tensor
    let losses: [String: any PerceptualLoss]
    let networks: FrozenNetworks

    /// - Parameter name: `<loss>.nomask`, `<loss>.official.<mask>` or `<loss>.per_sample_gate.<mask>`.
    func results(_ name: String) throws -> [GoldenResult] {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 1, let loss = losses[parts[0]], let gated = gate(loss, parts[1]) else {
            return ["outputs", "grads"].map { "\($0).\(name)" }.filter(fixture.contains).map {
                .unsupported($0, "the loss \(name)")
            }
        }
        let count = predicted.shape[0]
        // The masks stand for times on both sides of the gate.
        let times =
            parts.count > 2
            ? try fixture.tensor("inputs.mask.\(parts[2])", shape: [count], on: predicted.device).scalars()
            : [Float](repeating: 1, count: count)
        let tape = Tape()
        let image = tape.watch(predicted)
        let none = Pass(ParameterStore([], values: []))
        let context = LossContext(times: times, pass: none, networks: networks)
        let value = gated.values(of: image, reference: truth, in: context).mean()
        let gradient = tape.gradients(of: value, withRespectTo: [image])[0]
        return [
            try fixture.compare(value.detached(), with: "outputs.\(name)"),
            try fixture.compare(gradient ?? Tensor.zeros(image.shape, on: image.device), with: "grads.\(name)"),
        ]
    }

    private func gate(_ loss: any PerceptualLoss, _ convention: String) -> (any PerceptualLoss)? {
        switch convention {
        case "nomask": loss
        case "official": Gated(loss, from: 0.5, behaviour: loss.officialGate)
        case "per_sample_gate": Gated(loss, from: 0.5)
        default: nil
        }
    }
}
