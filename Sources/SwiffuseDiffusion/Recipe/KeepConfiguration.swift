/// The section `training.keep` of a recipe: which checkpoints stay besides the newest one, `checkpoint.safetensors`.
///
/// Those that stay are `checkpoints/step-<n>.safetensors`.
public struct KeepConfiguration: ComponentConfiguration, Hashable {
    /// The last of the checkpoints written; 0 keeps none under a number.
    public var last = 0
    /// Those after multiples of this many updates, for ever; 0 keeps none.
    public var every = 0

    public init() {}

    /// Whether any checkpoint is kept under its number.
    public var isOn: Bool { last > 0 || every > 0 }

    public func validate() throws(RecipeError) {
        try RecipeError.check(
            (0...100_000).contains(last), at: "last", found: last, expected: "0 (none) to 100000")
        try RecipeError.check(every >= 0, at: "every", found: every, expected: "0 (none) or more")
    }
}
