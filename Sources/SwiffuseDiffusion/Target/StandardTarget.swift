public import SwiffuseTensor

/// Prediction of one space with a loss in the same or another: the nine pairs of JiT's study (arXiv:2511.13720).
///
/// Every conversion between spaces is linear in the network's output, and the truth is converted like the output,
/// clamp included, as the official code does. So the error in any space is that of the raw output times a factor
/// known from the time: loss = w · gain² · mean (raw − truth)².
public protocol StandardTarget: PredictionTarget {
    /// The space that the network predicts.
    static var prediction: PredictionSpace { get }
    var configuration: TargetConfiguration { get }
}

extension StandardTarget {
    public func cleanImage(
        from raw: Tensor, noisy: Tensor, times: [Float], along path: some NoisePath, for use: PredictionUse
    ) -> Tensor { convert(raw, to: .image, noisy: noisy, times: times, along: path, for: use) }

    public func velocity(
        from raw: Tensor, noisy: Tensor, times: [Float], along path: some NoisePath, for use: PredictionUse
    ) -> Tensor { convert(raw, to: .velocity, noisy: noisy, times: times, along: path, for: use) }

    public func loss(of raw: Tensor, for images: NoisedImages, along path: some NoisePath) -> Tensor {
        let factors = images.times.map { time in
            let point = path.coefficients(at: time)
            let gain = conversion(to: configuration.loss, at: point, for: .training).gain
            return gain * gain * configuration.weighting(point)
        }
        let errors = MeanSquaredErrorOp()([raw, truth(for: images, along: path)])[0]
        return errors * Tensor(factors, shape: [factors.count], on: raw.device)
    }

    /// What the network should have said.
    private func truth(for images: NoisedImages, along path: some NoisePath) -> Tensor {
        switch Self.prediction {
        case .image: return images.clean
        case .noise: return images.noise
        case .velocity:
            let points = images.times.map(path.coefficients(at:))
            return images.clean * Tensor(perImage: points.map(\.alphaRate), like: images.clean)
                + images.noise * Tensor(perImage: points.map(\.sigmaRate), like: images.clean)
        }
    }

    private func conversion(
        to space: PredictionSpace, at point: PathCoefficients, for use: PredictionUse
    ) -> PredictionConversion {
        let clamp = use == .training ? configuration.trainingClamp : configuration.samplingClamp
        return PredictionConversion(from: Self.prediction, to: space, at: point, clamp: Float(clamp))
    }

    private func convert(
        _ raw: Tensor, to space: PredictionSpace, noisy: Tensor, times: [Float], along path: some NoisePath,
        for use: PredictionUse
    ) -> Tensor {
        guard space != Self.prediction else { return raw }
        let rows = times.map { conversion(to: space, at: path.coefficients(at: $0), for: use) }
        let numerator = raw.scaled(by: rows.map(\.raw)) + noisy.scaled(by: rows.map(\.noisy))
        return numerator.scaled(by: rows.map { 1 / $0.divisor })
    }
}

extension Tensor {
    /// This tensor with each image multiplied by its own factor; by one number where they are all equal.
    fileprivate func scaled(by factors: [Float]) -> Tensor {
        guard let first = factors.first, factors.allSatisfy({ $0 == first }) else {
            return self * Tensor(perImage: factors, like: self)
        }
        return first == 1 ? self : self * first
    }
}
