/// One step of AdamW (Loshchilov & Hutter, arXiv:1711.05101) and of any number of exponential moving averages, in one pass.
///
/// Values (replaced, all of one shape): parameter p, first moment m, second moment v, then the averages e₁ … e_K. Reads: gradient g, then a
/// one-element factor c for it (gradient clipping). With g ← c·g:
/// p ← p(1 − ηλ); m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − η/(1−β₁ᵏ) · m / (√v/√(1−β₂ᵏ) + ε); eᵢ ← dᵢeᵢ + (1−dᵢ)p.
public struct AdamWOp: FusedOp {
    public static let name = OpName("adamw-ema")
    public let learningRate: Float
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let weightDecay: Float
    /// Number of this step, from 1.
    public let step: Int
    /// Decay of each average.
    public let decays: [Float]

    public init(
        learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float, step: Int, decays: [Float]
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.step = step
        self.decays = decays
    }

    /// 1 − β₁ᵏ, in Float64.
    public var firstCorrection: Double { correction(beta1) }

    /// 1 − β₂ᵏ, in Float64.
    public var secondCorrection: Double { correction(beta2) }

    public func outputs(for inputs: [TensorSpec]) -> [TensorSpec] {
        let valueCount = 3 + decays.count
        require(
            inputs.count == valueCount + 2 && inputs.dropLast().allSatisfy { $0 == inputs[0] }
                && inputs[valueCount + 1].shape.count == 1, Self.name.name,
            "p, m, v, \(decays.count) averages and g of one shape and a factor expected, got \(inputs)")
        return Array(inputs.prefix(valueCount))
    }

    public func reference(_ inputs: [Tensor]) -> [Tensor] {
        let gradient = inputs[3 + decays.count] * inputs[4 + decays.count].reshaped(to: [])
        let first = inputs[1] * beta1 + gradient * (1 - beta1)
        let second = inputs[2] * beta2 + gradient.squared() * (1 - beta2)
        let rate = Float(Double(learningRate) / firstCorrection)
        let denominator = second.squareRoot() * Float(1 / secondCorrection.squareRoot()) + epsilon
        let parameter = inputs[0] * (1 - learningRate * weightDecay) - first / denominator * rate
        let averages = decays.indices.map { inputs[3 + $0] * decays[$0] + parameter * (1 - decays[$0]) }
        return [parameter, first, second] + averages
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        (14 + 3 * decays.count) * inputs[0].shape.count
    }

    private func correction(_ beta: Float) -> Double {
        var (power, base, exponent) = (1.0, Double(beta), step)
        while exponent > 0 {
            if exponent & 1 == 1 { power *= base }
            base *= base
            exponent >>= 1
        }
        return 1 - power
    }
}
