import Yams

extension RecipeValue {
    /// The largest text, in bytes, and the deepest nesting that is read as a recipe.
    package static let byteLimit = 256 * 1024
    package static let depthLimit = 48

    /// Reads YAML, of which JSON is a subset.
    ///
    /// Plain scalars follow YAML 1.2: `true` and `false` are Booleans, `yes`, `no` and `on` are text. Anchors,
    /// aliases and explicit tags are refused: recipes do not need them, and hostile files do.
    public init(yaml text: String) throws(RecipeError) {
        try RecipeValue.checkShape(of: text)
        let root: Node?
        do {
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch {
            throw RecipeError(syntax: error)
        }
        guard let root else {
            self = .null
            return
        }
        self = try RecipeValue(root, at: "", depth: 0)
    }

    private init(_ node: Node, at path: String, depth: Int) throws(RecipeError) {
        guard depth <= RecipeValue.depthLimit else {
            throw RecipeError(.tooLarge, at: "", "nested more than \(RecipeValue.depthLimit) levels deep")
        }
        switch node {
        case .scalar(let scalar):
            try RecipeValue.checkTag(scalar.tag, isQuoted: scalar.style != .plain, at: path)
            self = scalar.style == .plain ? try RecipeValue(plain: scalar.string, at: path) : .string(scalar.string)
        case .sequence(let sequence):
            try RecipeValue.checkTag(sequence.tag, isQuoted: false, at: path)
            var list: [RecipeValue] = []
            for (index, element) in sequence.enumerated() {
                list.append(try RecipeValue(element, at: RecipeError.join(path, "\(index)"), depth: depth + 1))
            }
            self = .list(list)
        case .mapping(let mapping):
            try RecipeValue.checkTag(mapping.tag, isQuoted: false, at: path)
            var map = RecipeMap()
            for (key, value) in mapping {
                guard case .scalar(let key) = key else {
                    throw RecipeError(.syntax, at: path, "a key is a list or a map", advice: "use a word")
                }
                let inner = RecipeError.join(path, Spelling.shortened(key.string))
                guard map[key.string] == nil else {
                    throw RecipeError(.syntax, at: inner, "the key is given twice", advice: "keep one of them")
                }
                map[key.string] = try RecipeValue(value, at: inner, depth: depth + 1)
            }
            self = .map(map)
        case .alias:
            throw RecipeError(.syntax, at: path, "YAML aliases are not supported", advice: "write the value out")
        }
    }

    /// Reads an unquoted scalar by the rules of YAML 1.2's core schema, without octal numbers, infinities and NaN.
    private init(plain text: String, at path: String) throws(RecipeError) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default:
            guard RecipeValue.looksNumeric(text) else {
                self = .string(text)
                return
            }
            if let integer = Int(text) {
                self = .integer(integer)
            } else if let number = Double(text) {
                guard number.isFinite else {
                    throw RecipeError(.invalidValue, at: path, "the number \(Spelling.shortened(text)) is too large")
                }
                self = .number(number)
            } else {
                self = .string(text)
            }
        }
    }

    /// Whether text is made of decimal digits, signs, one kind of point and exponent only, and has a digit.
    package static func looksNumeric(_ text: String) -> Bool {
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return false }
        return text.utf8.allSatisfy { "+-.eE0123456789".utf8.contains($0) }
            && text.utf8.contains { (48...57).contains($0) }
    }

    private static func checkTag(_ tag: Tag, isQuoted: Bool, at path: String) throws(RecipeError) {
        let name = tag.rawValue
        guard name.isEmpty || (isQuoted && name == Tag.Name.str.rawValue) else {
            throw RecipeError(
                .syntax, at: path, "the YAML tag \(Spelling.quoted(name)) is not supported", advice: "leave it out")
        }
    }
}
