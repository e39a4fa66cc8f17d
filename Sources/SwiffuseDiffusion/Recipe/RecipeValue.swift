/// A tree of plain values: what a recipe file holds before it has a type.
///
/// YAML and JSON are read into it, defaults are merged under it, and `Codable` configurations are made from it.
public enum RecipeValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([RecipeValue])
    case map(RecipeMap)

    /// The map inside, if this is one.
    public var map: RecipeMap? {
        if case .map(let map) = self { map } else { nil }
    }

    /// The list inside, if this is one.
    public var list: [RecipeValue]? {
        if case .list(let list) = self { list } else { nil }
    }

    /// The text inside, if this is a string.
    public var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    /// The value at a key, if this is a map that has it.
    public subscript(key: String) -> RecipeValue? { map?[key] }

    /// What this is, in words for a message: `the text "cat"`, `the number 0.5`, `a list`.
    public var summary: String {
        switch self {
        case .null: "nothing"
        case .bool(let bool): "\(bool)"
        case .integer(let integer): "the number \(integer)"
        case .number(let number): "the number \(number)"
        case .string(let string): "the text \(Spelling.quoted(string))"
        case .list(let list): list.isEmpty ? "an empty list" : "a list of \(list.count)"
        case .map(let map): map.isEmpty ? "an empty map" : "a map with the key \(Spelling.quoted(map.keys[0]))"
        }
    }
}

extension RecipeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: RecipeValue...) { self = .list(elements) }

    /// Makes a map; of a key given twice, the last value stays.
    public init(dictionaryLiteral elements: (String, RecipeValue)...) {
        var map = RecipeMap()
        for (key, value) in elements { map[key] = value }
        self = .map(map)
    }
}
