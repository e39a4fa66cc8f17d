/// The section of a recipe for the stochastic Euler solver, and part of that for Heun's.
public struct StochasticConfiguration: ComponentConfiguration {
    /// The form of every step but the last: `ode`, `sde-mean`, `sde`, `sde-preserve` or `sid2`.
    public var step = StepForm.sde
    /// The form of the step that ends at the image. Forms other than `ode` leave noise in the picture, or divide by
    /// a small 1 − t.
    public var lastStep = StepForm.ode
    /// How the noise w depends on the time: `linear` is 1 − t, `constant` 1, `sine` sin² t.
    public var churn = ChurnSchedule.Shape.linear
    /// What w is multiplied by; the official `GammaScheduler` is `constant` with 0.3.
    public var factor = 1.0

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check((0...100).contains(factor), at: "factor", found: factor, expected: "0 to 100")
    }
}

extension StochasticStep {
    public init(_ configuration: StochasticConfiguration) {
        self.init(
            configuration.step, last: configuration.lastStep,
            churn: ChurnSchedule(configuration.churn, factor: Float(configuration.factor)))
    }
}
