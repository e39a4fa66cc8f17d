public import SwiffuseNN
public import SwiffuseTensor

/// AdamW with exponential moving averages of the parameters (Loshchilov & Hutter, arXiv:1711.05101).
///
/// A value without state; moments and averages are an `OptimizerState`.
public struct AdamW: Sendable {
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double
    /// λ: every step shrinks parameters by the factor 1 − ηλ.
    public let weightDecay: Double
    /// Decay of each average, such as 0.9999.
    public let decays: [Double]
    /// Power-function averages, which follow the others.
    public let powers: [PowerFunction]
    /// Largest L2 norm of all gradients together; 0 does not clip.
    public let clipping: Double

    public init(
        beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
        decays: [Double] = [0.9999], powers: [PowerFunction] = [], clipping: Double = 0
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.decays = decays
        self.powers = powers
        self.clipping = clipping
    }

    /// Moments of zero, and averages that start as copies of the parameters.
    public func begin(_ store: ParameterStore) -> OptimizerState {
        OptimizerState(
            step: 0, first: store.zeros(), second: store.zeros(),
            averages: [ParameterStore](repeating: store, count: averageCount))
    }

    /// Number of averages of both kinds.
    public var averageCount: Int { decays.count + powers.count }

    /// One step, in place where nobody else holds the values; frozen parameters stay.
    ///
    /// - Parameters:
    ///   - store: parameters; updated.
    ///   - state: moments and averages; updated.
    ///   - gradients: consumed.
    ///   - learningRate: η of this step.
    ///   - scale: factor of the gradients before clipping, such as 1/micro-batches.
    ///   - squaredNorm: Σ g² over all gradients, if it is known already.
    /// - Returns: L2 norm of the scaled gradients before clipping, a scalar tensor.
    @discardableResult
    public func update(
        _ store: inout ParameterStore, _ state: inout OptimizerState, gradients: consuming Gradients,
        learningRate: Double, scale: Float = 1, squaredNorm: Tensor? = nil
    ) -> Tensor {
        require(
            state.averages.count == averageCount, "AdamW",
            "\(averageCount) averages expected, got \(state.averages.count)")
        let device = store.device
        let norm = (squaredNorm ?? gradients.squaredNorm() ?? Tensor.zeros([], on: device)).squareRoot() * scale
        let factor = self.factor(norm, scale: scale)
        state.step += 1
        let op = AdamWOp(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
            step: state.step, decays: decays + powers.map { $0.decay(at: state.step) })
        let placeholder = Tensor.zeros([], on: device)
        var small: [(parameter: Parameter, gradient: Tensor)] = []
        for parameter in store.parameters where parameter.isTrainable {
            guard let gradient = gradients.values[parameter.index] else { continue }
            gradients.values[parameter.index] = nil
            if parameter.shape.count <= Self.smallCount {
                small.append((parameter, gradient))
                continue
            }
            // Values leave their arrays while they are updated, so that the update owns them and works in place.
            var values = state.take(parameter, from: &store, leaving: placeholder)
            op.update(&values, reading: [gradient, factor])
            state.put(values, parameter, into: &store)
        }
        var values = small.map { state.take($0.parameter, from: &store, leaving: placeholder) }
        op.update(each: &values, reading: small.map { [$0.gradient, factor] })
        for (entry, updated) in zip(small, values) { state.put(updated, entry.parameter, into: &store) }
        return norm
    }

    /// Elements up to which parameters are updated together: a launch on a GPU costs more than their arithmetic.
    private static let smallCount = 16_384

    /// min(1, clipping / (norm + 10⁻⁶)) · scale, as torch's clip_grad_norm_.
    private func factor(_ norm: Tensor, scale: Float) -> Tensor {
        guard clipping > 0 else { return Tensor.filled(scale, shape: [1], on: norm.device) }
        let coefficient = (norm + 1e-6).reciprocal() * Float(clipping)
        return (coefficient.clamped(upper: 1) * scale).reshaped(to: 1)
    }
}
