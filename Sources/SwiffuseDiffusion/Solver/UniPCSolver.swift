public import SwiffuseTensor

/// UniPC in data prediction (Zhao et al., arXiv:2302.04867, "bh2"): an exponential integrator over λ = ln(α / σ) whose
/// steps are corrected once the image at their end is known, which costs nothing. One evaluation per step.
///
/// Order 1 to 3, growing over the first steps; the last step, which ends at λ = ∞, is of order 1 in closed form and
/// ends exactly at the image that the velocity points at.
///
/// The corrector acts at the start of the next step: states between steps are predicted ones, and the last step's is
/// never corrected, as in the authors' code.
///
/// With its corrector the method has one order more, where the predicted image changes little near the ends. Elsewhere
/// the error falls like n⁻² log n: near pure noise a step is long in λ however many there are.
///
/// ## Differences
/// What was predicted at pure noise, λ = −∞, serves the first step alone.
public struct UniPCSolver: Solver, Component {
    public struct Configuration: ComponentConfiguration {
        /// 1 to 3; 3 pays off where many steps are taken or guidance is weak.
        public var order = 2

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check((1...3).contains(order), at: "order", found: order, expected: "1 to 3")
        }
    }

    /// The path, the images predicted last, oldest first, and the correction that the last step still waits for.
    public struct Memory: Sendable {
        fileprivate let path: any NoisePath
        fileprivate var past: [Prediction] = []
        fileprivate var correction: Correction?
    }

    fileprivate struct Prediction: Sendable {
        let image: Tensor
        let logRatio: Double
    }

    /// What to add to a predicted state: the weights of the past images, and of the one at the state itself.
    fileprivate struct Correction: Sendable {
        let past: [Double]
        let new: Double
    }

    public static let key = "unipc"
    public static let summary = "UniPC (bh2): order 1 to 3 with a free corrector, one evaluation per step"

    public let order: Int

    public init(order: Int = 2) {
        require((1...3).contains(order), "UniPC", "order must be 1 to 3, got \(order)")
        self.order = order
    }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(order: configuration.order) }

    public var usesPath: Bool { true }

    public func begin(in context: SolverContext) -> Memory { Memory(path: context.path) }

    public func advance(
        _ state: Tensor, over step: TimeStep, memory: inout Memory, field: (Tensor, VelocityQuery) -> Tensor
    ) -> SolverStep {
        let path = memory.path
        let plan = ExponentialStep(start: PathMoment(path, at: step.start), end: PathMoment(path, at: step.end))
        require(plan.start.sigma > 0, "UniPC", "a step cannot start at the image, where σ is 0")
        let velocity = field(state, VelocityQuery(time: step.start, step: step))
        let image = path.image(from: state, velocity: velocity, at: step.start)
        var corrected = state
        if let correction = memory.correction {
            let terms = zip(memory.past.map(\.image) + [image], correction.past + [correction.new])
            corrected = state.combined(factor: 1, with: terms.map { (tensor: $0, weight: $1) })
        }
        let usable = memory.past.filter(\.logRatio.isFinite)
        let newest = Prediction(image: image, logRatio: plan.start.logRatio)
        memory.past = (step.isLast ? [] : usable).suffix(order - 1) + [newest]
        let prediction = weights(for: plan, past: memory.past, isCorrected: false)
        let terms = zip(memory.past, prediction).map { (tensor: $0.image, weight: $1) }
        let end = corrected.combined(factor: plan.stateFactor, with: terms)
        memory.correction = step.isLast ? nil : correction(for: plan, past: memory.past, prediction: prediction)
        return SolverStep(movingFrom: state, to: end, over: step)
    }

    private func correction(for plan: ExponentialStep, past: [Prediction], prediction: [Double]) -> Correction {
        let full = weights(for: plan, past: past, isCorrected: true)
        return Correction(past: zip(full, prediction).map { $0 - $1 }, new: full[past.count])
    }

    /// The weights of the past images, the step's own last; with the corrector, that of the image at the end follows.
    private func weights(for plan: ExponentialStep, past: [Prediction], isCorrected: Bool) -> [Double] {
        var ratios = past.dropLast().map { ($0.logRatio - plan.start.logRatio) / plan.width }
        if isCorrected { ratios.append(1) }
        let shares = zip(UniPCCoefficients.weights(ratios: ratios, width: plan.width), ratios).map { $0 / $1 }
        let differences = shares.map { $0 * plan.gain }
        let base = plan.gain - differences.reduce(0, +)
        let older = past.count - 1
        return Array(differences[..<older]) + [base] + Array(differences[older...])
    }
}
