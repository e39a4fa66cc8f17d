/// Keys and values that remember the order in which they were written.
///
/// Two maps are equal when they hold the same values under the same keys, in any order.
public struct RecipeMap: Sendable {
    /// The keys, in order.
    public private(set) var keys: [String] = []
    private var values: [String: RecipeValue] = [:]

    /// An empty map.
    public init() {}

    /// Whether there is no key.
    public var isEmpty: Bool { keys.isEmpty }

    /// The value under a key. A new key goes to the end; setting `nil` removes a key.
    public subscript(key: String) -> RecipeValue? {
        get { values[key] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
                return
            }
            if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
        }
    }

    /// Keys with their values, in order.
    public var entries: [(key: String, value: RecipeValue)] {
        keys.compactMap { key in values[key].map { (key, $0) } }
    }
}

extension RecipeMap: Hashable {
    public static func == (left: RecipeMap, right: RecipeMap) -> Bool { left.values == right.values }

    public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
