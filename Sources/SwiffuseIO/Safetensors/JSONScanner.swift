/// Reads the few JSON forms that a safetensors header may contain: objects, strings and non-negative integers.
///
/// The caller asks for what its grammar allows next, so the scanner never recurses and nesting cannot be abused.
struct JSONScanner {
    struct Failure: Error {
        let reason: String
    }

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether only white space is left.
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return offset == bytes.count
        }
    }

    /// Reads `{ "key": value, … }`, calling `member` with each key; it must consume the value.
    mutating func object(_ member: (inout JSONScanner, String) throws(Failure) -> Void) throws(Failure) {
        try expect("{")
        if consume("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while consume(",")
        try expect("}")
    }

    /// Reads an array of non-negative integers.
    mutating func integers() throws(Failure) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if consume("]") { return values }
        repeat {
            values.append(try integer())
        } while consume(",")
        try expect("]")
        return values
    }

    /// Reads a string with its escapes resolved.
    mutating func string() throws(Failure) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            let byte = try next()
            switch byte {
            case UInt8(ascii: "\""):
                if let string = String(validating: text, as: UTF8.self) { return string }
                throw failure("a string is not UTF-8")
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            case 0..<0x20:
                throw failure("a control character inside a string")
            default:
                text.append(byte)
            }
        }
    }

    private mutating func integer() throws(Failure) -> Int {
        skipSpace()
        let start = offset
        var value = 0
        while offset < bytes.count, case let digit = bytes[offset] &- UInt8(ascii: "0"), digit <= 9 {
            let (scaled, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = scaled.addingReportingOverflow(Int(digit))
            guard !first && !second else { throw failure("a number is too large") }
            value = sum
            offset += 1
        }
        guard offset > start else { throw failure("expected a non-negative integer") }
        guard offset == start + 1 || bytes[start] != UInt8(ascii: "0") else { throw failure("a number starts with 0") }
        return value
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        switch try next() {
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): text.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try unicodeEscape()).utf8))
        default: throw failure("an unknown escape in a string")
        }
    }

    private mutating func unicodeEscape() throws(Failure) -> Character {
        var code = try fourHexDigits()
        if 0xD800..<0xDC00 ~= code {
            guard try next() == UInt8(ascii: "\\"), try next() == UInt8(ascii: "u") else {
                throw failure("half a surrogate pair in a string")
            }
            let low = try fourHexDigits()
            guard 0xDC00..<0xE000 ~= low else { throw failure("half a surrogate pair in a string") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair in a string") }
        return Character(scalar)
    }

    private mutating func fourHexDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try next())).hexDigitValue else {
                throw failure("a bad \\u escape in a string")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard consume(character) else { throw failure("expected '\(character)'") }
    }

    private mutating func consume(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func next() throws(Failure) -> UInt8 {
        guard offset < bytes.count else { throw failure("the header ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    /// An error that names the place of the header it was found at.
    func failure(_ reason: String) -> Failure {
        Failure(reason: "\(reason) (byte \(offset) of the header)")
    }
}
