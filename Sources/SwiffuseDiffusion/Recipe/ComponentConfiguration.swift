/// The settings of a part: what a recipe says about it.
///
/// Every field has a default and none is optional: say `.automatic` where the absence of a value would mean
/// something. A dictionary as a field is not supported, because its keys could not be told from misspelt ones.
public protocol ComponentConfiguration: Codable, Equatable, Sendable {
    /// The paper's defaults.
    init()

    /// Checks everything that can be checked without knowing the other parts.
    ///
    /// - Throws: `RecipeError` with a path relative to this configuration.
    func validate() throws(RecipeError)
}

extension ComponentConfiguration {
    public func validate() throws(RecipeError) {}

    /// Reads a configuration strictly: a tree merged over the defaults, no unknown key, every type right, and valid.
    ///
    /// - Parameters:
    ///   - tree: what the user wrote; may leave everything out.
    ///   - path: where it stands in the recipe, for messages.
    public init(resolving tree: RecipeValue, at path: String = "") throws(RecipeError) {
        let merged = try tree.merged(over: try RecipeEncoder.encode(Self(), at: path), at: path)
        let decoded = try RecipeDecoder.decode(Self.self, from: merged, at: path)
        try merged.checkKeys(against: try RecipeEncoder.encode(decoded, at: path), at: path)
        try RecipeError.within(path) { () throws(RecipeError) in try decoded.validate() }
        self = decoded
    }

    /// All settings, every default spelled out.
    public func resolvedTree() throws(RecipeError) -> RecipeValue { try RecipeEncoder.encode(self) }
}

/// The configuration of a part that has nothing to set.
public struct NoConfiguration: ComponentConfiguration {
    public init() {}
}
