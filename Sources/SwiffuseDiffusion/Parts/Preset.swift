/// A recipe that a plugin brings under a name: `swiffuse train NAME`.
public struct Preset: Sendable, Hashable {
    /// What a user types, in kebab case: "jit-b-16".
    public let name: String
    /// One line on what it is, for lists.
    public let summary: String
    /// The recipe as a user would write it; what it leaves out has its default.
    public let yaml: String

    public init(name: String, summary: String, yaml: String) {
        self.name = name
        self.summary = summary
        self.yaml = yaml
    }

    /// The recipe, completed and checked.
    ///
    /// - Parameter overrides: changes, applied in order.
    public func recipe(overrides: [RecipeOverride] = [], registry: Registry) throws(RecipeError) -> Recipe {
        try Recipe(yaml: yaml, overrides: overrides, registry: registry)
    }
}

extension Registry {
    /// A preset by name.
    ///
    /// - Throws: `RecipeError` that names the known presets and the closest one.
    public func preset(_ name: String) throws(RecipeError) -> Preset {
        guard let preset = presets.first(where: { $0.name == name }) else {
            throw RecipeError(
                .unknownPart, at: "", "no preset is called \(Spelling.quoted(name))",
                advice: Spelling.advice(for: name, among: presets.map(\.name)))
        }
        return preset
    }
}
