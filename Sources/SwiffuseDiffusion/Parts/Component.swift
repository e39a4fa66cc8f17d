/// A part that recipes can name: a backbone, a solver, a loss …
public protocol Component: Sendable {
    associatedtype Configuration: ComponentConfiguration

    /// What a recipe writes behind `type:`, in kebab case: "jit", "heun".
    static var key: String { get }

    /// One line on what it is, for lists of parts.
    static var summary: String { get }

    /// Checks that a valid configuration fits the model: "the width is divisible by the patch size".
    ///
    /// - Throws: `RecipeError` with a path relative to the configuration.
    static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError)

    /// Builds the part from a valid configuration that fits.
    init(_ configuration: Configuration, in context: BuildContext) throws(RecipeError)
}

extension Component {
    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {}
}
