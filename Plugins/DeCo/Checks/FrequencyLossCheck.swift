public import SwiffuseDiffusion
public import SwiffuseTensor
public import SwiffuseTesting

/// Kind `deco_freq_loss`: colour transform, cosine coefficients, weights, the loss and its gradient.
public struct FrequencyLossCheck: GoldenCheck {
    public let kinds = ["deco_freq_loss"]

    public init() {}

    public func run(_ fixture: GoldenFixture, on device: any Device, with registry: Registry) throws -> [GoldenResult] {
        let config = try fixture.config
        return fixture.resultsByCase { name in
            try FrequencyCase(sample: GoldenCase(fixture, name: name, on: device), settings: config.settings(name))
                .results()
        }
    }
}

private struct FrequencyCase {
    let sample: GoldenCase
    let settings: FixtureSettings

    func results() throws -> [GoldenResult] {
        let shape: [Int?] = [
            try settings.integer("B"), 3, try settings.integer("H"), try settings.integer("W"),
        ]
        let tape = Tape()
        let predicted = tape.watch(try sample.input("v_pred", shape: shape))
        let reference = try sample.input("v_target", shape: shape)
        let loss = try loss()
        try FrequencyLoss.validate(loss.configuration, for: model(of: predicted))
        let value = loss(predicted, reference).mean()
        var results = try sample.compare(outputs: outputs(loss, value, predicted.detached(), reference))
        let key = sample.key("grads", "v_pred")
        if let gradient = tape.gradients(of: value, withRespectTo: [predicted])[0], sample.fixture.contains(key) {
            results.append(try sample.fixture.compare(gradient, with: key))
        }
        return results
    }

    private func loss() throws -> FrequencyLoss {
        var configuration = FrequencyLoss.Configuration()
        configuration.quality = try settings.number("quality", default: 85)
        switch try settings.text("mode", default: "inv_gamma") {
        case "inv_gamma": configuration.exponent = try settings.number("gamma", default: 1)
        case "inv": configuration.exponent = 1
        case let mode: throw GoldenError.unsupported(reason: "weights of the mode \(mode)")
        }
        return try FrequencyLoss(configuration)
    }

    private func outputs(
        _ loss: FrequencyLoss, _ value: Tensor, _ predicted: Tensor, _ reference: Tensor
    ) -> [String: Tensor] {
        let signals = FrequencyTransform.colourDifference(predicted)
        let size = FrequencyTransform.blockSize
        return [
            "ycbcr_pred": signals,
            "dct_pred": FrequencyTransform.cosines(signals).permuted(to: [0, 1, 2, 4, 3, 5]).contiguous(),
            "dct_matrix": Tensor(FrequencyTransform.matrix, shape: [size, size], on: sample.device),
            "freq_w": loss.weights(channels: 3, on: sample.device).reshaped(to: 3, size, size),
            "fm_loss": (predicted - reference).squared().mean(),
            "fm_loss_freq": value,
        ]
    }

    private func model(of image: Tensor) -> ModelSpec {
        ModelSpec(
            image: ImageSpec(channels: 3, height: image.shape[2], width: image.shape[3]), classCount: 0)
    }
}
