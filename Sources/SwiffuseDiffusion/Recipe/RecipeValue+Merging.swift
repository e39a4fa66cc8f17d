extension RecipeValue {
    /// This tree with everything it leaves out taken from `defaults`.
    ///
    /// Maps are merged key by key, in the order of the defaults; anything else replaces the default. An empty section
    /// (`training:` with nothing below) leaves the defaults as they are.
    ///
    /// - Parameter path: where this tree stands in the recipe, for messages.
    /// - Throws: `RecipeError` for a key that the defaults do not have.
    package func merged(over defaults: RecipeValue, at path: String) throws(RecipeError) -> RecipeValue {
        guard case .map(let known) = defaults else { return self }
        if self == .null { return defaults }
        guard case .map(let given) = self else {
            throw RecipeError(
                .wrongType, at: path, "found \(summary), expected a map", advice: "write `key: value` lines")
        }
        var result = known
        for (key, value) in given.entries {
            let inner = RecipeError.join(path, Spelling.shortened(key))
            guard let base = known[key] else { throw RecipeValue.unknownKey(key, at: inner, known: known.keys) }
            result[key] = try value.merged(over: base, at: inner)
        }
        return .map(result)
    }

    /// Refuses keys, at any depth and inside lists, that a decoded and re-encoded tree no longer has.
    package func checkKeys(against known: RecipeValue, at path: String) throws(RecipeError) {
        switch (self, known) {
        case (.map(let given), .map(let known)):
            for (key, value) in given.entries {
                let inner = RecipeError.join(path, Spelling.shortened(key))
                guard let other = known[key] else { throw RecipeValue.unknownKey(key, at: inner, known: known.keys) }
                try value.checkKeys(against: other, at: inner)
            }
        case (.list(let given), .list(let known)):
            for (index, pair) in zip(given, known).enumerated() {
                try pair.0.checkKeys(against: pair.1, at: RecipeError.join(path, "\(index)"))
            }
        default:
            break
        }
    }

    package static func unknownKey(_ key: String, at path: String, known: [String]) -> RecipeError {
        RecipeError(.unknownKey, at: path, "unknown key", advice: Spelling.advice(for: key, among: known))
    }
}
