extension RecipeValue {
    /// One line of JSON with sorted keys: equal trees give equal bytes. Stored in checkpoints.
    ///
    /// It reads back with `init(yaml:)`. Numbers keep their kind (`1` or `1.0`) and are written with the fewest
    /// digits that give the same value back. JSON has no infinities and no NaN; these become `null`, and decoding
    /// never lets them in.
    public var canonicalJSON: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .integer(let integer): text += "\(integer)"
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .string(let string): RecipeValue.writeQuoted(string, to: &text)
        case .list(let list):
            text += "["
            for (index, element) in list.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .map(let map):
            text += "{"
            for (index, key) in map.keys.sorted().enumerated() {
                if index > 0 { text += "," }
                RecipeValue.writeQuoted(key, to: &text)
                // The space keeps the text valid YAML, where a colon ends a key only before a space.
                text += ": "
                (map[key] ?? .null).write(to: &text)
            }
            text += "}"
        }
    }

    /// Writes a JSON string literal, which is also a YAML double-quoted scalar.
    static func writeQuoted(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where isEscaped(scalar):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// Whether YAML or JSON forbids a character in plain form: controls, line separators, the byte order mark.
    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
