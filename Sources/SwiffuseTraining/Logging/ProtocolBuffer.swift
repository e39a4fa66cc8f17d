/// A message in the wire format of protocol buffers, as far as TensorBoard's events need it
/// (https://protobuf.dev/programming-guides/encoding).
struct ProtocolBuffer {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ field: Int, integer value: Int) {
        add(varint: UInt64(field) << 3)
        add(varint: UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, double value: Double) {
        add(varint: UInt64(field) << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func add(_ field: Int, float value: Float) {
        add(varint: UInt64(field) << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func add(_ field: Int, bytes content: [UInt8]) {
        add(varint: UInt64(field) << 3 | 2)
        add(varint: UInt64(content.count))
        bytes += content
    }

    mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

    mutating func add(_ field: Int, message: ProtocolBuffer) { add(field, bytes: message.bytes) }

    private mutating func add(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The last integer of a field in a message, 0 if it has none; nil if the message is damaged.
    static func integer(_ field: Int, of message: ArraySlice<UInt8>) -> Int? {
        var rest = message
        var found = 0
        while !rest.isEmpty {
            guard let key = varint(&rest) else { return nil }
            switch key & 7 {
            case 0:
                guard let value = varint(&rest) else { return nil }
                if key >> 3 == UInt64(field) { found = Int(truncatingIfNeeded: value) }
            case 1: rest = rest.dropFirst(8)
            case 2:
                guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
                rest = rest.dropFirst(Int(count))
            case 5: rest = rest.dropFirst(4)
            default: return nil
            }
        }
        return found
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
