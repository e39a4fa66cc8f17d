extension Registry {
    /// Looks a part up.
    ///
    /// - Throws: `RecipeError` at `path` that names the registered keys and the closest one.
    public func entry(kind: String, key: String, at path: String) throws(RecipeError) -> Entry {
        let known = entries(of: kind)
        guard let entry = known.first(where: { $0.key == key }) else {
            throw RecipeError(
                .unknownPart, at: path, "no \(Self.singular(kind)) is called \(Spelling.quoted(key))",
                advice: Spelling.advice(for: key, among: known.map(\.key)))
        }
        return entry
    }

    /// A kind of part in a sentence about one of them; kinds are named as they stand in recipes.
    private static func singular(_ kind: String) -> String {
        ["losses": "loss", "times": "time sampler", "features": "network of features"][kind] ?? kind
    }

    /// Completes a part's settings with the defaults of its type.
    ///
    /// - Parameters:
    ///   - tree: a map with `type`, or just the type as text.
    ///   - fallback: the type if the tree does not say it; empty if it must.
    public func resolve(
        _ tree: RecipeValue, kind: String, at path: String, fallback: String = ""
    ) throws(RecipeError) -> Part {
        var settings = RecipeMap()
        var type = RecipeValue.string(fallback)
        switch tree {
        case .null: break
        case .string: type = tree
        case .map(let map):
            settings = map
            type = map["type"] ?? type
            settings["type"] = nil
        case .bool, .integer, .number, .list:
            throw RecipeError(.wrongType, at: path, "found \(tree.summary), expected a map with type: …")
        }
        let typePath = RecipeError.join(path, "type")
        guard case .string(let key) = type else {
            throw RecipeError(
                .wrongType, at: typePath, "found \(type.summary), expected the name of a \(Self.singular(kind))")
        }
        guard !key.isEmpty else {
            throw RecipeError(
                .missingKey, at: typePath, "missing",
                advice: Spelling.advice(for: "", among: entries(of: kind).map(\.key)))
        }
        let entry = try entry(kind: kind, key: key, at: typePath)
        return Part(type: key, settings: try entry.resolve(.map(settings), path).map ?? RecipeMap())
    }

    /// Checks that a part fits the model.
    public func validate(_ part: Part, kind: String, for model: ModelSpec, at path: String) throws(RecipeError) {
        let entry = try entry(kind: kind, key: part.type, at: RecipeError.join(path, "type"))
        try entry.validate(.map(part.settings), model, path)
    }

    /// Builds a part.
    ///
    /// - Parameter path: where it stands in the recipe, for messages; the kind's name if left out.
    public func make<Product>(
        _ part: Part, as kind: PartKind<Product>, in context: BuildContext, at path: String = ""
    ) throws(RecipeError) -> Product {
        let path = path.isEmpty ? kind.name : path
        let entry = try entry(kind: kind.name, key: part.type, at: RecipeError.join(path, "type"))
        guard let builder = entry.builder as? Builder<Product> else {
            throw RecipeError(.unknownPart, at: path, "\(part.type) does not make what a \(kind.name) is here")
        }
        return try RecipeError.within(path) { () throws(RecipeError) in
            try builder.make(.map(part.settings), context)
        }
    }
}
