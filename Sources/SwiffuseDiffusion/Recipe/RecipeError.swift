/// A mistake in a recipe: what is wrong, where, and what to do about it, in one line.
public struct RecipeError: Error, Hashable, Sendable {
    /// The kind of mistake, for code that wants to tell them apart.
    public enum Reason: Hashable, Sendable {
        /// The text is not YAML, or not a tree that recipes use.
        case syntax
        /// The text is larger or deeper than any recipe.
        case tooLarge
        /// A key that no part has.
        case unknownKey
        /// A key that has no default and was not given.
        case missingKey
        /// A value of another type than the one expected.
        case wrongType
        /// A value of the right type that makes no sense here.
        case invalidValue
        /// A `type:` that no plugin registered.
        case unknownPart
        /// Two settings that are each fine but do not go together.
        case conflict
    }

    public var reason: Reason
    /// Where: keys and list indices joined by dots (`sampling.guidance.interval.1`); empty for the whole recipe.
    public var path: String
    /// What is wrong, without a full stop.
    public var problem: String
    /// What to do, without a full stop; may be empty.
    public var advice: String

    public init(_ reason: Reason, at path: String, _ problem: String, advice: String = "") {
        self.reason = reason
        self.path = path
        self.problem = problem
        self.advice = advice
    }

    /// The same error seen from one level further out: `steps` becomes `sampling.grid.steps`.
    public func prefixed(by outer: String) -> RecipeError {
        var error = self
        error.path = RecipeError.join(outer, path)
        return error
    }

    /// Joins two dotted paths, either of which may be empty.
    public static func join(_ outer: String, _ inner: String) -> String {
        if outer.isEmpty { return inner }
        return inner.isEmpty ? outer : outer + "." + inner
    }
}

extension RecipeError: CustomStringConvertible {
    public var description: String {
        let place = path.isEmpty ? "recipe" : path
        return advice.isEmpty ? "\(place): \(problem)" : "\(place): \(problem); \(advice)"
    }
}

extension RecipeError {
    /// Throws unless a setting has a sensible value; for `ComponentConfiguration.validate()`.
    ///
    /// - Parameters:
    ///   - isFine: whether the value is sensible.
    ///   - path: the field's name, relative to the configuration.
    ///   - found: the value.
    ///   - expected: what would be sensible, as it follows "expected": `"a positive number"`.
    public static func check(
        _ isFine: Bool, at path: String, found: some CustomStringConvertible, expected: String
    ) throws(RecipeError) {
        guard !isFine else { return }
        throw RecipeError(.invalidValue, at: path, "found \(Spelling.shortened("\(found)")), expected \(expected)")
    }

    /// Runs a check whose errors carry paths relative to `outer`, and makes these paths complete.
    public static func within<Result>(
        _ outer: String, _ body: () throws(RecipeError) -> Result
    ) throws(RecipeError) -> Result {
        do { return try body() } catch { throw error.prefixed(by: outer) }
    }
}
