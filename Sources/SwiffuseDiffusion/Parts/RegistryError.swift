/// A mistake in the set of plugins that a program puts together.
public enum RegistryError: Error, Hashable, Sendable {
    /// Two parts of one kind want the same key.
    case duplicate(kind: String, key: String, first: String, second: String)
    /// A key that is not in kebab case.
    case malformedKey(kind: String, key: String, plugin: String)
    /// A kind whose name another kind, with other products, already uses.
    case conflictingKind(kind: String, plugin: String)
    /// A part whose default configuration cannot be written to a recipe.
    case unusableDefaults(kind: String, key: String, reason: RecipeError)
}

extension RegistryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .duplicate(let kind, let key, let first, let second):
            "the \(kind) \(key) is registered twice, by the plugins \(first) and \(second); leave one of them out"
        case .malformedKey(let kind, let key, let plugin):
            "the plugin \(plugin) registers a \(kind) with the key \(Spelling.quoted(key)); "
                + "use lowercase letters, digits and dashes"
        case .conflictingKind(let kind, let plugin):
            "the plugin \(plugin) registers a part of the kind \(kind) that makes something else than the others do; "
                + "give the kind another name"
        case .unusableDefaults(let kind, let key, let reason):
            "the default configuration of the \(kind) \(key) cannot be used: \(reason)"
        }
    }
}
