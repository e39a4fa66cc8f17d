public import SwiffuseDiffusion
public import SwiffuseNN
public import SwiffuseTensor

/// What every `Backbone` must do.
public enum BackboneConformance {
    /// - Parameters:
    ///   - scope: where the backbone declared its parameters.
    ///   - model: the image size and classes that it was built for; small ones make this quick.
    /// - Returns: the rules that the backbone breaks.
    public static func findings(
        for backbone: any Backbone, declaredIn scope: Scope, model: ModelSpec, on device: any Device
    ) throws(DeviceError) -> [ConformanceFinding] {
        var list = FindingList()
        let probe = BackboneProbe(backbone: backbone, scope: scope, model: model, device: device)
        guard try probe.checkOutput(&list) else { return list.findings }
        try probe.checkIndependence(&list)
        try probe.checkInfluence(&list)
        try probe.checkGradients(&list)
        try probe.checkTaps(&list)
        return list.findings
    }
}

private struct BackboneProbe {
    let backbone: any Backbone
    let model: ModelSpec
    let store: ParameterStore
    let noisy: Tensor
    let times: Tensor
    let labels: [Int]
    let device: any Device

    init(backbone: any Backbone, scope: Scope, model: ModelSpec, device: any Device) {
        self.backbone = backbone
        self.model = model
        self.device = device
        var random = Philox(seed: 13)
        var store = ParameterStore(scope, seed: 13, on: device)
        // Many layers start at zero; what lies behind them shows only when they do not stay there.
        for parameter in store.parameters where parameter.isTrainable {
            store[parameter] = store[parameter] + Tensor.normal(parameter.shape, using: &random, on: device) * 0.1
        }
        self.store = store
        let image = model.image
        noisy = Tensor.normal([3, image.channels, image.height, image.width], using: &random, on: device)
        times = Tensor([0.1, 0.5, 0.93], shape: [3], on: device)
        labels = [0, model.classCount, min(1, model.classCount)]
    }

    /// Shape, finite values and repeatability; false if there is no point in going on.
    func checkOutput(_ list: inout FindingList) throws(DeviceError) -> Bool {
        let raw = predict()
        list.expect(raw.shape == noisy.shape, "outputs have the image's shape", "\(raw.shape) for \(noisy.shape)")
        let values = try raw.scalars()
        list.expect(values.allSatisfy(\.isFinite), "outputs are finite", "they are not")
        list.expect(try predict().scalars() == values, "the same input gives the same output", "two runs differ")
        return list.findings.isEmpty
    }

    func checkIndependence(_ list: inout FindingList) throws(DeviceError) {
        let together = try predict().sliced(along: 0, 1..<2).scalars()
        let alone = backbone.predict(
            noisy.sliced(along: 0, 1..<2), times: times.sliced(along: 0, 1..<2), condition: condition([labels[1]]),
            in: Pass(store))
        // Products with one row may take another path than with several, so not to the last bit.
        let difference = relativeDifference(try alone.scalars(), together)
        list.expect(
            difference < 1e-4, "an image's output does not depend on its batch", "it changes by \(difference)")
    }

    func checkInfluence(_ list: inout FindingList) throws(DeviceError) {
        let usual = try predict().scalars()
        let rule = "the output depends on"
        list.expect(try predict(noisy + 0.5).scalars() != usual, "\(rule) the image", "it does not")
        list.expect(try predict(times: times * 0.5).scalars() != usual, "\(rule) the time", "it does not")
        guard model.classCount > 0 else { return }
        let other = labels.map { $0 == 0 ? model.classCount : 0 }
        list.expect(try predict(labels: other).scalars() != usual, "\(rule) the class", "it does not")
    }

    func checkGradients(_ list: inout FindingList) throws(DeviceError) {
        let tape = Tape()
        let watched = ParameterStore(
            store.parameters, values: zip(store.parameters, store.values).map { $0.isTrainable ? tape.watch($1) : $1 })
        let raw = backbone.predict(noisy, times: times, condition: condition(labels), in: Pass(watched))
        let gradients = tape.gradients(of: raw.squared().mean(), withRespectTo: watched.values)
        for (parameter, gradient) in zip(store.parameters, gradients) where parameter.isTrainable {
            guard let gradient else {
                list.expect(false, "the gradient reaches every trainable parameter", "no path to \(parameter.key)")
                continue
            }
            let values = try gradient.scalars()
            list.expect(values.allSatisfy(\.isFinite), "gradients are finite", "not that of \(parameter.key)")
            list.expect(
                values.contains { $0 != 0 }, "the gradient reaches every trainable parameter",
                "that of \(parameter.key) is zero")
        }
    }

    func checkTaps(_ list: inout FindingList) throws(DeviceError) {
        let taps = backbone.taps
        let plain = try predict().scalars()
        let output = backbone.predict(noisy, times: times, condition: condition(labels), taps: taps, in: Pass(store))
        list.expect(try output.raw.scalars() == plain, "asking for features does not change the output", "it does")
        list.expect(
            Set(output.features.keys) == Set(taps), "the features asked for are returned",
            "\(output.features.keys.map(\.block))")
        for (tap, feature) in output.features {
            let isTokens = feature.shape.rank == 3 && feature.shape[0] == noisy.shape[0]
            list.expect(isTokens, "features are [B, N, D]", "\(feature.shape) at block \(tap.block)")
            let spec = backbone.featureSpec(at: tap)
            list.expect(
                spec.map { feature.shape.dimensions == [noisy.shape[0], $0.rows * $0.columns, $0.width] } ?? false,
                "features are as announced",
                "\(feature.shape) at block \(tap.block), announced \(spec.map { "\($0)" } ?? "none")")
            list.expect(
                try feature.scalars().allSatisfy(\.isFinite), "features are finite", "not at block \(tap.block)")
        }
    }

    private func predict(_ noisy: Tensor? = nil, times: Tensor? = nil, labels: [Int]? = nil) -> Tensor {
        backbone.predict(
            noisy ?? self.noisy, times: times ?? self.times, condition: condition(labels ?? self.labels),
            in: Pass(store))
    }

    private func condition(_ labels: [Int]) -> Condition {
        model.classCount > 0 ? .classes(labels, on: device) : .none
    }
}
