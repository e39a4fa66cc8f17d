extension RecipeValue {
    /// Refuses text that could make a YAML parser recurse too deeply or expand without bound, before parsing it.
    ///
    /// Nesting costs at least one column of indentation or one open bracket per level, so both are bounded here.
    /// Without an anchor no alias can be resolved, so no alias can multiply.
    static func checkShape(of text: String) throws(RecipeError) {
        let bytes = text.utf8
        guard bytes.count <= byteLimit else {
            throw RecipeError(
                .tooLarge, at: "", "the text has \(bytes.count) bytes", advice: "a recipe has at most \(byteLimit)")
        }
        var scan = ShapeScan()
        for byte in bytes {
            scan.advance(over: byte)
            guard scan.bracketDepth <= depthLimit * 4, scan.indentation <= depthLimit * 4 else {
                throw RecipeError(.tooLarge, at: "line \(scan.line)", "nested or indented too deeply")
            }
            guard !scan.hasAnchor else {
                throw RecipeError(
                    .syntax, at: "line \(scan.line)", "YAML anchors (&name) are not supported",
                    advice: "write the value out, or put a space after the &")
            }
        }
    }
}

/// Follows indentation, brackets and anchors through a text, one byte at a time; quotes are not told apart.
private struct ShapeScan {
    var line = 1
    var indentation = 0
    var bracketDepth = 0
    var hasAnchor = false
    private var isAtLineStart = true
    private var isAtTokenStart = true
    private var sawAmpersand = false

    mutating func advance(over byte: UInt8) {
        let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        hasAnchor = sawAmpersand && !isSpace
        sawAmpersand = byte == UInt8(ascii: "&") && isAtTokenStart
        if byte == 0x0A || byte == 0x0D {
            line += byte == 0x0A ? 1 : 0
            indentation = 0
            isAtLineStart = true
        } else if isAtLineStart, isSpace || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") {
            indentation += 1
        } else {
            isAtLineStart = false
        }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): bracketDepth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): bracketDepth = max(0, bracketDepth - 1)
        default: break
        }
        isAtTokenStart = isSpace || "[{,:-?".utf8.contains(byte)
    }
}
