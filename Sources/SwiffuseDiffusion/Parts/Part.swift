/// A part as a recipe names it: its type and all of its settings.
public struct Part: Sendable, Hashable {
    /// The component's key.
    public let type: String
    /// The configuration, without `type`.
    public let settings: RecipeMap

    public init(type: String, settings: RecipeMap = RecipeMap()) {
        self.type = type
        self.settings = settings
    }

    /// A part chosen in code.
    ///
    /// - Throws: `RecipeError` if the configuration is not valid.
    public init<C: Component>(
        _ component: C.Type, _ configuration: C.Configuration = C.Configuration()
    ) throws(RecipeError) {
        try configuration.validate()
        self.init(type: C.key, settings: try RecipeEncoder.encode(configuration).map ?? RecipeMap())
    }

    /// `type` first, then the settings.
    public var tree: RecipeValue {
        var map = RecipeMap()
        map["type"] = .string(type)
        for (key, value) in settings.entries { map[key] = value }
        return .map(map)
    }
}
