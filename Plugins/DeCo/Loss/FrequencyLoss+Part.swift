public import SwiffuseDiffusion
public import SwiffuseTensor

/// As a loss of any recipe: images become velocities of the linear path, v̂ − v = (x̂ − x) / max(1 − t, clamp), so it goes
/// with every prediction target.
extension FrequencyLoss: PerceptualLoss, Component {
    public static let key = "frequency"
    public static let summary = "DeCo's loss on the frequencies of the velocity, weighed as JPEG does"

    public init(_ configuration: Configuration, in context: BuildContext) throws(RecipeError) {
        try Self.validate(configuration, for: context.model)
        try self.init(configuration)
    }

    /// It measures what the target's own loss does, so there is nothing to balance.
    public var isBalanced: Bool { false }

    public func values(of predicted: Tensor, reference: Tensor, in context: LossContext) -> Tensor {
        let clamp = Float(configuration.clamp)
        let gains: [Float] = context.times.map { time in 1 / max(1 - time, clamp) }
        return values(ofError: (predicted - reference) * Tensor(perImage: gains, like: predicted))
    }
}
