/// The bytes of a pickle, read from front to back.
struct PickleBytes {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    mutating func byte() throws(PickleFailure) -> UInt8 {
        guard position < bytes.count else { throw PickleFailure(reason: "it ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: Int) throws(PickleFailure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else {
            throw PickleFailure(reason: "it promises \(count) bytes where \(bytes.count - position) are left")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A little-endian number of 1 to 8 bytes, without a sign.
    mutating func unsigned(_ byteCount: Int) throws(PickleFailure) -> Int {
        let value = try take(byteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int(exactly: value) else { throw PickleFailure(reason: "a length of \(value)") }
        return number
    }

    /// A little-endian Int32.
    mutating func int32() throws(PickleFailure) -> Int64 {
        Int64(Int32(truncatingIfNeeded: try unsigned(4)))
    }

    /// A big-endian Float64.
    mutating func float64() throws(PickleFailure) -> Double {
        Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func text(_ byteCount: Int) throws(PickleFailure) -> String {
        guard let text = String(validating: try take(byteCount), as: UTF8.self) else {
            throw PickleFailure(reason: "a text is not UTF-8")
        }
        return text
    }

    /// Text up to the end of the line.
    mutating func line() throws(PickleFailure) -> String {
        guard let end = bytes[position...].firstIndex(of: 10) else { throw PickleFailure(reason: "it ends too early") }
        let text = try text(end - position)
        position += 1
        return text
    }
}
