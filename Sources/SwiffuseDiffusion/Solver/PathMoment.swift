import Foundation
import SwiffuseTensor

/// A time on a path as the exponential integrators see it: by the logarithm of its signal-to-noise ratio.
struct PathMoment: Sendable {
    let alpha: Double
    let sigma: Double

    init(_ path: any NoisePath, at time: Float) {
        let point = path.coefficients(at: time)
        alpha = Double(point.alpha)
        sigma = Double(point.sigma)
    }

    /// λ = ln(α / σ): −∞ at pure noise, +∞ at the image.
    var logRatio: Double { log(alpha / sigma) }
}

/// A step x ← a·x + Σ wᵢ x̂ᵢ of an exponential integrator in data prediction.
///
/// With h = λ_end − λ_start, a = σ_end / σ_start and the weights sum to the gain α_end (1 − e⁻ʰ). Both are computed
/// from α and σ rather than from h, which is infinite where the step starts at pure noise or ends at the image.
struct ExponentialStep: Sendable {
    let start: PathMoment
    let end: PathMoment

    /// a = σ_end / σ_start.
    var stateFactor: Double { end.sigma / start.sigma }

    /// α_end (1 − e⁻ʰ) = α_end − α_start σ_end / σ_start.
    var gain: Double { end.alpha - start.alpha * stateFactor }

    /// h.
    var width: Double { end.logRatio - start.logRatio }
}

extension NoisePath {
    /// The image that a velocity points at, x̂ = (σ v − σ′ x) / (α′ σ − σ′ α); on the linear path x + (1 − t) v.
    func image(from state: Tensor, velocity: Tensor, at time: Float) -> Tensor {
        let conversion = PredictionConversion(from: .velocity, to: .image, at: coefficients(at: time), clamp: 1e-6)
        return velocity * (conversion.raw / conversion.divisor) + state * (conversion.noisy / conversion.divisor)
    }
}

extension Tensor {
    /// This tensor times a factor, plus others times their weights, all of one shape.
    func combined(factor: Double, with terms: some Sequence<(tensor: Tensor, weight: Double)>) -> Tensor {
        var sum = self * Float(factor)
        for term in terms where term.weight != 0 { sum = sum + term.tensor * Float(term.weight) }
        return sum
    }
}
