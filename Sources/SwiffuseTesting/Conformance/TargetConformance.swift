public import SwiffuseDiffusion
public import SwiffuseTensor

/// What every `PredictionTarget` must do.
public enum TargetConformance {
    /// - Parameter path: the path along which to try it.
    /// - Returns: the rules that the target breaks.
    public static func findings(
        for target: some PredictionTarget, along path: some NoisePath = LinearPath(), on device: any Device
    ) throws(DeviceError) -> [ConformanceFinding] {
        var list = FindingList()
        let probe = TargetProbe(target: target, path: path, device: device)
        try probe.checkShapes(&list)
        try probe.checkAgreement(&list)
        try probe.checkLoss(&list)
        try probe.checkTruth(&list)
        try probe.checkEnds(&list)
        return list.findings
    }
}

private struct TargetProbe<Target: PredictionTarget, Path: NoisePath> {
    let target: Target
    let path: Path
    let images: NoisedImages
    let raw: Tensor

    init(target: Target, path: Path, device: any Device) {
        self.target = target
        self.path = path
        var random = Philox(seed: 9)
        let shape: Shape = [4, 2, 3, 5]
        let clean = Tensor.normal(shape, using: &random, on: device) * 0.5
        let noise = Tensor.normal(shape, using: &random, on: device)
        // Away from both ends, where clamps act.
        images = path.noised(clean, with: noise, at: [0.15, 0.4, 0.6, 0.85])
        raw = Tensor.normal(shape, using: &random, on: device)
    }

    func checkShapes(_ list: inout FindingList) throws(DeviceError) {
        for use in [PredictionUse.training, .sampling] {
            let image = cleanImage(raw, use)
            let velocity = velocity(raw, use)
            list.expect(
                image.shape == raw.shape, "clean images have the output's shape", "\(image.shape) for \(raw.shape)")
            list.expect(
                velocity.shape == raw.shape, "velocities have the output's shape", "\(velocity.shape) for \(raw.shape)")
        }
        let loss = target.loss(of: raw, for: images, along: path)
        list.expect(loss.shape == [raw.shape[0]], "there is one error per image", "\(loss.shape) for \(raw.shape)")
    }

    /// v̂ = α′x̂ + σ′ε̂ with ε̂ = (x_t − αx̂) / σ.
    func checkAgreement(_ list: inout FindingList) throws(DeviceError) {
        let points = images.times.map { path.coefficients(at: $0) }
        for use in [PredictionUse.training, .sampling] {
            let image = cleanImage(raw, use)
            let noise = (images.noisy - image * factors(points.map(\.alpha))) * factors(points.map { 1 / $0.sigma })
            let implied = image * factors(points.map(\.alphaRate)) + noise * factors(points.map(\.sigmaRate))
            let difference = relativeDifference(try velocity(raw, use).scalars(), try implied.scalars())
            list.expect(
                difference < 1e-3, "clean image and velocity say the same", "they differ by \(difference) in \(use)")
        }
    }

    func checkLoss(_ list: inout FindingList) throws(DeviceError) {
        let loss = try target.loss(of: raw, for: images, along: path).scalars()
        list.expect(loss.allSatisfy { $0.isFinite && $0 >= 0 }, "errors are finite and not negative", "\(loss)")
        let kept = raw.sliced(along: 0, 1..<raw.shape[0])
        let changed = Tensor.concatenated([raw.sliced(along: 0, 0..<1) + 1, kept], along: 0)
        let other = try target.loss(of: changed, for: images, along: path).scalars()
        list.expect(
            other.first != loss.first && other.dropFirst() == loss.dropFirst(),
            "an image's error depends on its own output",
            "changing the first output turned \(loss) into \(other)")
        let error = try DirectionalDerivative.error(
            of: { target.loss(of: $0[0], for: images, along: path) }, at: [raw])
        list.expect(error < 0.01, "the error has its derivative", "recorded and measured derivative differ by \(error)")
    }

    /// An output that means the true image has no error. Conversions are affine in the output, which two evaluations
    /// reveal.
    func checkTruth(_ list: inout FindingList) throws(DeviceError) {
        let zero = cleanImage(raw * 0, .training)
        let slope = cleanImage(raw * 0 + 1, .training) - zero
        let truth = (images.clean - zero) / slope
        let isAffine =
            relativeDifference(
                try cleanImage(truth, .training).scalars(), try images.clean.scalars()) < 1e-3
        guard isAffine else { return }
        let errors = try target.loss(of: truth, for: images, along: path).scalars()
        let usual = try target.loss(of: raw, for: images, along: path).scalars()
        list.expect(
            zip(errors, usual).allSatisfy { $0 <= 1e-5 * $1 }, "the truth has no error", "\(errors) against \(usual)")
    }

    func checkEnds(_ list: inout FindingList) throws(DeviceError) {
        for time: Float in [0, 1] {
            let times = [Float](repeating: time, count: raw.shape[0])
            let noised = path.noised(images.clean, with: images.noise, at: times)
            for use in [PredictionUse.training, .sampling] {
                let velocity = target.velocity(from: raw, noisy: noised.noisy, times: times, along: path, for: use)
                let image = target.cleanImage(from: raw, noisy: noised.noisy, times: times, along: path, for: use)
                let values = try velocity.scalars() + image.scalars()
                list.expect(
                    values.allSatisfy(\.isFinite), "predictions are finite at the ends", "not at t = \(time) in \(use)")
            }
        }
    }

    private func cleanImage(_ raw: Tensor, _ use: PredictionUse) -> Tensor {
        target.cleanImage(from: raw, noisy: images.noisy, times: images.times, along: path, for: use)
    }

    private func velocity(_ raw: Tensor, _ use: PredictionUse) -> Tensor {
        target.velocity(from: raw, noisy: images.noisy, times: images.times, along: path, for: use)
    }

    private func factors(_ values: [Float]) -> Tensor {
        Tensor(values, shape: [values.count, 1, 1, 1], on: raw.device)
    }
}
