/// One step of AdamW (Loshchilov & Hutter, arXiv:1711.05101) and of any number of exponential moving averages, in one
/// pass.
///
/// Values (replaced, all of one shape): parameter p, first moment m, second moment v, then the averages e₁ … e_K.
/// Reads: gradient g, then a
/// one-element factor c for it (gradient clipping). With g ← c·g:
/// p ← p(1 − ηλ); m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − η/(1−β₁ᵏ) · m / (√v/√(1−β₂ᵏ) + ε); eᵢ ← dᵢeᵢ +
/// (1−dᵢ)p.
public struct AdamWOp: FusedOp {
    public static let name = OpName("adamw-ema")
    /// Hyperparameters are Float64: 1 − 0.9999 in Float32 would be wrong by 2·10⁻⁴.
    public let learningRate: Double
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Double
    public let weightDecay: Double
    /// Number of this step, from 1.
    public let step: Int
    /// Decay of each average.
    public let decays: [Double]

    public init(
        learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, step: Int,
        decays: [Double]
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.step = step
        self.decays = decays
    }

    /// η/(1 − β₁ᵏ).
    public var correctedRate: Double { learningRate / correction(beta1) }

    /// 1/√(1 − β₂ᵏ).
    public var inverseRootCorrection: Double { 1 / correction(beta2).squareRoot() }

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
        let first = inputs[1] * Float(beta1) + gradient * Float(1 - beta1)
        let second = inputs[2] * Float(beta2) + gradient.squared() * Float(1 - beta2)
        let denominator = second.squareRoot() * Float(inverseRootCorrection) + Float(epsilon)
        let decayed = inputs[0] * Float(1 - learningRate * weightDecay)
        let parameter = decayed - first / denominator * Float(correctedRate)
        let averages = decays.indices.map { index in
            inputs[3 + index] * Float(decays[index]) + parameter * Float(1 - decays[index])
        }
        return [parameter, first, second] + averages
    }

    public func floatingPointOperations(for inputs: [TensorSpec]) -> Int {
        (14 + 3 * decays.count) * inputs[0].shape.count
    }

    private func correction(_ beta: Double) -> Double {
        var (power, base, exponent) = (1.0, beta, step)
        while exponent > 0 {
            if exponent & 1 == 1 { power *= base }
            base *= base
            exponent >>= 1
        }
        return 1 - power
    }
}
