/// A whole run in one value: what is modelled, with which parts, how it is trained and sampled.
///
/// A recipe is complete: every default is spelled out. It is made from a user's file with `init(_:registry:)`, and
/// its `tree` resolves to the same recipe again, so it can be saved with a run and inside a checkpoint.
public struct Recipe: Sendable, Hashable {
    /// For people: it appears in messages and files.
    public var name: String
    public var image: ImageSpec
    /// Number of classes; 0 for a model without condition.
    public var classes: Int
    /// Where training images come from; the type `none` for a model that is only sampled.
    public var data: Part
    public var backbone: Part
    public var target: Part
    public var path: Part
    /// The times at which the model is trained.
    public var times: Part
    /// Perceptual losses besides the target's own.
    public var losses: [WeightedPart]
    public var training: TrainingConfiguration
    public var sampling: SamplingRecipe

    /// What every part must agree on.
    public var model: ModelSpec { ModelSpec(image: image, classCount: classes) }
}

/// A loss, its factor in the total, and the images that it looks at.
public struct WeightedPart: Sendable, Hashable {
    public var part: Part
    /// Its factor in the total.
    public var weight: Double
    /// The images that it looks at.
    public var gate: GateConfiguration

    public init(_ part: Part, weight: Double, gate: GateConfiguration = .open) {
        self.part = part
        self.weight = weight
        self.gate = gate
    }
}
