public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// What every `PerceptualLoss` must do.
public enum PerceptualLossConformance {
    /// - Parameters:
    ///   - loss: for images of the given size.
    ///   - networks: weights of its networks.
    ///   - scope: where it declared parameters of its own.
    ///   - features: what the backbone announces at the taps that the loss wants.
    /// - Returns: the rules that the loss breaks.
    public static func findings(
        for loss: some PerceptualLoss, image: ImageSpec, networks: FrozenNetworks = .none,
        declaredIn scope: Scope = Scope(),
        features: [FeatureTap: FeatureSpec] = [:], on device: any Device
    ) throws -> [ConformanceFinding] {
        var list = FindingList()
        let missing = loss.taps.filter { features[$0] == nil }
        list.expect(missing.isEmpty, "the features that the loss wants are given", "none at \(missing.map(\.block))")
        guard missing.isEmpty else { return list.findings }
        let probe = LossProbe(
            loss: loss, image: image, networks: networks, scope: scope, features: features, device: device)
        let batch = probe.values(of: probe.predicted)
        list.expect(batch.shape == [3], "there is one value per image", "\(batch.shape) for 3 images")
        guard batch.shape == [3] else { return list.findings }
        try probe.checkIndependence(try batch.scalars(), &list)
        if loss.taps.isEmpty { try probe.checkEqualImages(try batch.scalars(), &list) }
        try probe.checkGradients(&list)
        return list.findings
    }
}

private struct LossProbe<Loss: PerceptualLoss> {
    let loss: Loss
    let networks: FrozenNetworks
    let store: ParameterStore
    let predicted: Tensor
    let truth: Tensor
    let features: [FeatureTap: Tensor]

    init(
        loss: Loss, image: ImageSpec, networks: FrozenNetworks, scope: Scope, features: [FeatureTap: FeatureSpec],
        device: any Device
    ) {
        var random = Philox(seed: 7)
        let shape: Shape = [3, image.channels, image.height, image.width]
        self.loss = loss
        self.networks = networks
        store = ParameterStore(scope, seed: 7, on: device)
        predicted = Tensor.normal(shape, using: &random, on: device) * 0.5
        truth = Tensor.normal(shape, using: &random, on: device) * 0.5
        var tokens: [FeatureTap: Tensor] = [:]
        for (tap, spec) in features.sorted(by: { $0.key.block < $1.key.block }) {
            tokens[tap] = Tensor.normal([3, spec.rows * spec.columns, spec.width], using: &random, on: device)
        }
        self.features = tokens
    }

    func checkIndependence(_ numbers: [Float], _ list: inout FindingList) throws {
        for index in 0..<3 {
            let alone = try loss.values(
                of: predicted.images([index]), reference: truth.images([index]), in: context().selecting([index])
            ).scalars()
            list.expect(
                relativeDifference(alone, [numbers[index]]) < 1e-4, "an image's value does not depend on its batch",
                "image \(index) has \(numbers[index]) among others and \(alone) alone")
        }
    }

    func checkEqualImages(_ numbers: [Float], _ list: inout FindingList) throws {
        let same = try values(of: truth).scalars()
        list.expect(
            zip(same, numbers).allSatisfy { abs($0) < 0.01 * max(abs($1), 1e-3) },
            "equal images cost next to nothing", "\(same), different ones \(numbers)")
    }

    /// A loss teaches the backbone through its picture, or through its features, and trains its own parameters.
    func checkGradients(_ list: inout FindingList) throws {
        let tape = Tape()
        let watched = tape.watch(predicted)
        let tokens = features.mapValues { tape.watch($0) }
        let own = ParameterStore(store.parameters, values: store.values.map { tape.watch($0) })
        let value = loss.values(of: watched, reference: truth, in: context(tokens, own))
        let taps = tokens.keys.sorted { $0.block < $1.block }
        let inputs = [watched] + taps.compactMap { tokens[$0] }
        let gradients = tape.gradients(of: value, withRespectTo: inputs + own.values)
        let found = try gradients.map { try $0?.scalars() ?? [] }
        list.expect(
            found.allSatisfy { $0.allSatisfy(\.isFinite) }, "gradients are finite", "they are not")
        list.expect(
            found.prefix(inputs.count).contains { $0.contains { $0 != 0 } }, "the backbone gets a gradient",
            "neither the prediction nor the features have one")
        for (parameter, gradient) in zip(store.parameters, found.dropFirst(inputs.count)) where parameter.isTrainable {
            list.expect(
                gradient.contains { $0 != 0 }, "the gradient reaches every trainable parameter",
                "not \(parameter.key)")
        }
    }

    func values(of predicted: Tensor) -> Tensor { loss.values(of: predicted, reference: truth, in: context()) }

    private func context(
        _ tokens: [FeatureTap: Tensor]? = nil, _ own: ParameterStore? = nil
    ) -> LossContext {
        LossContext(
            times: [0.5, 0.5, 0.5], features: tokens ?? features, pass: Pass(own ?? store), networks: networks)
    }
}
