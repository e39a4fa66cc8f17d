/// One change to a recipe, as typed on the command line: `training.batchSize=64`.
public struct RecipeOverride: Hashable, Sendable {
    /// The keys and list indices that lead to the value.
    public let path: [String]
    /// The new value.
    public let value: RecipeValue

    public init(path: [String], value: RecipeValue) {
        self.path = path
        self.value = value
    }

    /// Reads `a.b.0=value`, where the value is a YAML scalar or list.
    public init(_ text: String) throws(RecipeError) {
        let place = Spelling.shortened(text)
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw RecipeError(.syntax, at: place, "no = in the override", advice: "write path=value")
        }
        let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count <= RecipeValue.depthLimit, !path.contains("") else {
            throw RecipeError(.syntax, at: place, "the path has an empty part", advice: "write path=value, as in a.b=1")
        }
        let key = String(parts[0])
        let value = try RecipeError.within(key) { () throws(RecipeError) in try RecipeValue(yaml: String(parts[1])) }
        self.init(path: path, value: value)
    }
}

extension RecipeValue {
    /// This tree with a value set at a path; maps on the way are made where they are missing.
    ///
    /// - Throws: `RecipeError` if the path leads through a scalar, or to a list's element that does not exist.
    public func applying(_ override: RecipeOverride) throws(RecipeError) -> RecipeValue {
        try setting(override.value, at: override.path[...], from: "")
    }

    private func setting(
        _ value: RecipeValue, at path: ArraySlice<String>, from outer: String
    ) throws(RecipeError) -> RecipeValue {
        guard let key = path.first else { return value }
        let place = RecipeError.join(outer, Spelling.shortened(key))
        switch self {
        case .null, .map:
            var map = self.map ?? RecipeMap()
            map[key] = try (map[key] ?? .null).setting(value, at: path.dropFirst(), from: place)
            return .map(map)
        case .list(var list):
            guard let index = Int(key), list.indices.contains(index) else {
                throw RecipeError(
                    .unknownKey, at: place, "no such element in the list",
                    advice: list.isEmpty ? "the list is empty" : "use 0 to \(list.count - 1)")
            }
            list[index] = try list[index].setting(value, at: path.dropFirst(), from: place)
            return .list(list)
        case .bool, .integer, .number, .string:
            throw RecipeError(.wrongType, at: outer, "is \(summary), so nothing can be set below it")
        }
    }
}
