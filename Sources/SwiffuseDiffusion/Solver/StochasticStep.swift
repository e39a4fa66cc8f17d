import Foundation
import SwiffuseTensor

/// How a stochastic solver goes from x to the end of a step, given velocity v, score s and standard normal z.
///
/// These are the step functions of the official PixelGen code; w is the `ChurnSchedule` at the step's start and h the
/// step's width.
public enum StepForm: String, Codable, CaseIterable, Sendable {
    /// x + v h: no noise.
    case ode
    /// x + v h + s w h: the mean of `sde`.
    case sdeMean = "sde-mean"
    /// x + v h + s w h + √(2 w h) z.
    case sde
    /// x + v h + ½ s w h + √(w h) z.
    case sdePreserve = "sde-preserve"
    /// x + v h + w |h| z.
    case sid2

    /// The factor of s w h.
    var scoreShare: Float {
        switch self {
        case .ode, .sid2: 0
        case .sdeMean, .sde: 1
        case .sdePreserve: 0.5
        }
    }

    /// The factor of z.
    func noiseScale(churn: Float, width: Float) -> Float {
        switch self {
        case .ode, .sdeMean: 0
        case .sde: (2 * churn * width).squareRoot()
        case .sdePreserve: (churn * width).squareRoot()
        case .sid2: churn * abs(width)
        }
    }

    /// Whether the form draws noise.
    public var isRandom: Bool {
        switch self {
        case .ode, .sdeMean: false
        case .sde, .sdePreserve, .sid2: true
        }
    }
}

/// w(t): how much noise a stochastic solver adds and takes away again.
public struct ChurnSchedule: Sendable, Hashable {
    /// The form of w(t).
    public enum Shape: String, Codable, CaseIterable, Sendable {
        /// 1 − t, the noise level of the linear path (`LinearScheduler` in the official code).
        case linear
        /// 1 at all times (`ConstScheduler`; times γ it is `GammaScheduler`).
        case constant
        /// sin² t, t in radians (`GVPScheduler`).
        case sine
    }

    public let shape: Shape
    /// What the shape is multiplied by, 0 or more.
    public let factor: Float

    public init(_ shape: Shape, factor: Float = 1) {
        self.shape = shape
        self.factor = factor
    }

    /// w at a time in 0…1.
    public func callAsFunction(_ time: Float) -> Float {
        switch shape {
        case .linear: factor * (1 - time)
        case .constant: factor
        case .sine: factor * sin(time) * sin(time)
        }
    }
}

/// The settings that the stochastic solvers share.
public struct StochasticStep: Sendable, Hashable {
    /// The form of every step but the last.
    public var form: StepForm
    /// The form of the step that ends at the image.
    public var lastForm: StepForm
    public var churn: ChurnSchedule

    public init(_ form: StepForm = .sde, last: StepForm = .ode, churn: ChurnSchedule = ChurnSchedule(.linear)) {
        self.form = form
        lastForm = last
        self.churn = churn
    }

    /// The end of a step.
    ///
    /// - Parameters:
    ///   - state: x at the start.
    ///   - velocity: v, same shape.
    ///   - score: s, same shape; evaluated only if the form uses it.
    ///   - noise: z, same shape; evaluated only if the form uses it.
    func end(
        of step: TimeStep, as form: StepForm, from state: Tensor, along velocity: Tensor,
        score: @autoclosure () -> Tensor, noise: @autoclosure () -> Tensor
    ) -> Tensor {
        let w = churn(step.start)
        var end = state + velocity * step.width
        if form.scoreShare > 0 { end = end + score() * (form.scoreShare * w * step.width) }
        if form.isRandom { end = end + noise() * form.noiseScale(churn: w, width: step.width) }
        return end
    }
}

extension NoisePath {
    /// The score of a velocity, s = (r v − x) / (σ² − r σ′ σ) with r = α / α′ (SiT, arXiv:2401.08740); on the linear
    /// path (t v − x) / (1 − t). Not finite where σ is 0.
    func score(of state: Tensor, velocity: Tensor, at time: Float) -> Tensor {
        let point = coefficients(at: time)
        let ratio = point.alpha / point.alphaRate
        let divisor = point.sigma * (point.sigma - ratio * point.sigmaRate)
        return velocity * (ratio / divisor) - state * (1 / divisor)
    }
}
