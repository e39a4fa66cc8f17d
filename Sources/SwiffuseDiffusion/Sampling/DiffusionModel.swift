public import SwiffuseNN

/// The parts of a recipe, built: everything but the parameters' values.
public struct DiffusionModel: Sendable {
    public let recipe: Recipe
    public let backbone: any Backbone
    public let target: any PredictionTarget
    public let path: any NoisePath
    public let times: any TimeSampler
    /// The losses besides the target's, weighted apart.
    public let losses: [ModelLoss]
    /// What the backbone and the losses declared; `ParameterStore(scope, seed:on:)` gives it values.
    public let scope: Scope

    /// What the losses declared: trained with the model, unused when pictures are drawn.
    public let lossParameters: [Parameter]

    /// Builds the parts of a recipe; allocates nothing.
    public init(_ recipe: Recipe, registry: Registry) throws(RecipeError) {
        try recipe.validate(with: registry)
        let scope = Scope()
        let context = BuildContext(model: recipe.model, scope: scope)
        backbone = try registry.make(recipe.backbone, as: .backbone, in: context)
        target = try registry.make(recipe.target, as: .target, in: context)
        path = try registry.make(recipe.path, as: .path, in: context)
        times = try registry.make(recipe.times, as: .times, in: context)
        let partCount = scope.parameters.count
        let lossContext = BuildContext(model: recipe.model, scope: scope, backbone: backbone)
        var losses: [ModelLoss] = []
        var types = [recipe.target.type]
        for (index, loss) in recipe.losses.enumerated() {
            let declared = scope.parameters.count
            let part = try registry.make(loss.part, as: .losses, in: lossContext, at: "losses.\(index)")
            types.append(loss.part.type)
            let number = types.count { $0 == loss.part.type }
            let name = number == 1 ? loss.part.type : "\(loss.part.type)-\(number)"
            losses.append(
                ModelLoss(
                    name: name, loss: loss.gate.applied(to: part), weight: Float(loss.weight),
                    hasParameters: scope.parameters.count > declared))
        }
        self.losses = losses
        lossParameters = Array(scope.parameters.dropFirst(partCount))
        guard !recipe.training.balance.isOn || backbone.lastLayer != nil else {
            throw RecipeError(
                .conflict, at: "training.balance.isOn", "the \(recipe.backbone.type) backbone names no last layer",
                advice: "balancing compares gradients there; leave it off")
        }
        self.recipe = recipe
        self.scope = scope
    }

    /// The networks that the losses look through, with their places in the recipe.
    public var frozenNetworks: [FrozenNetwork] {
        losses.enumerated().flatMap { index, loss in loss.loss.networks.map { $0.named(at: "losses.\(index)") } }
    }

    /// A sampler with the recipe's settings, or with others.
    ///
    /// - Parameter reference: what guidance draws away from.
    public func sampler(
        _ settings: SamplingRecipe? = nil, registry: Registry, reference: GuidanceReference = .unconditional
    ) throws(RecipeError) -> DiffusionSampler {
        let settings = settings ?? recipe.sampling
        let context = BuildContext(model: recipe.model)
        return DiffusionSampler(
            backbone: backbone, target: target, path: path,
            solver: try registry.make(settings.solver, as: .solver, in: context, at: "sampling.solver"),
            guidance: try registry.make(settings.guidance, as: .guidance, in: context, at: "sampling.guidance"),
            grid: TimeGrid(settings.grid), reference: reference)
    }
}
