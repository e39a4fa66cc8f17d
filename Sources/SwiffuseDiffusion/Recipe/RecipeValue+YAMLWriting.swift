extension RecipeValue {
    /// YAML in block style, keys in their order, for people to read and edit; reads back to an equal tree.
    public var yaml: String {
        var text = ""
        writeBlock(to: &text, indentation: 0)
        return text
    }

    private func writeBlock(to text: inout String, indentation: Int) {
        switch self {
        case .map(let map) where !map.isEmpty:
            for (key, value) in map.entries {
                text += String(repeating: " ", count: indentation) + RecipeValue.scalarText(key) + ":"
                value.writeAfterKey(to: &text, indentation: indentation)
            }
        case .list(let list) where !isShortList:
            for element in list {
                text += String(repeating: " ", count: indentation) + "-"
                element.writeElement(to: &text, indentation: indentation)
            }
        default:
            text += flow + "\n"
        }
    }

    private func writeAfterKey(to text: inout String, indentation: Int) {
        switch self {
        case .map(let map) where !map.isEmpty:
            text += "\n"
            writeBlock(to: &text, indentation: indentation + 2)
        case .list where !isShortList:
            text += "\n"
            writeBlock(to: &text, indentation: indentation + 2)
        default:
            text += " " + flow + "\n"
        }
    }

    /// Writes a list's element behind its dash: a map's first key stands on the dash's line.
    private func writeElement(to text: inout String, indentation: Int) {
        guard case .map(let map) = self, !map.isEmpty else {
            writeAfterKey(to: &text, indentation: indentation)
            return
        }
        var block = ""
        writeBlock(to: &block, indentation: indentation + 2)
        text += " " + block.dropFirst(indentation + 2)
    }

    /// Whether this is a list of scalars, which fits on one line.
    private var isShortList: Bool {
        guard case .list(let list) = self else { return false }
        return list.allSatisfy { element in
            switch element {
            case .list, .map: false
            case .null, .bool, .integer, .number, .string: true
            }
        }
    }

    /// This value on one line.
    private var flow: String {
        switch self {
        case .string(let string): RecipeValue.scalarText(string)
        case .list(let list): "[" + list.map(\.flow).joined(separator: ", ") + "]"
        case .null, .bool, .integer, .number, .map: canonicalJSON
        }
    }

    /// A string plain if nothing could read it as something else, quoted otherwise.
    private static func scalarText(_ string: String) -> String {
        let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isPlain =
            string.utf8.first.map(isLetter) == true
            && string.utf8.allSatisfy { isLetter($0) || "0123456789-./".utf8.contains($0) }
            && !reserved.contains(string.lowercased())
        if isPlain { return string }
        var text = ""
        writeQuoted(string, to: &text)
        return text
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }
}
