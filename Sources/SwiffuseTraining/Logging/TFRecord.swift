/// The frames of a TFRecord file: length, its checksum, the data, their checksum; all numbers little endian.
enum TFRecord {
    static func frame(_ data: [UInt8]) -> [UInt8] {
        let length = bytes(of: UInt64(data.count))
        return length + bytes(of: CRC32C.masked(length)) + data + bytes(of: CRC32C.masked(data))
    }

    /// The data of the frame at a position, and where the next one begins; nil where there is no whole, intact frame.
    static func read(_ bytes: [UInt8], at position: Int) -> (data: ArraySlice<UInt8>, next: Int)? {
        guard bytes.count - position >= 16 else { return nil }
        let length = number(bytes[position..<position + 8])
        guard CRC32C.masked(bytes[position..<position + 8]) == UInt32(number(bytes[position + 8..<position + 12])),
            length <= UInt64(bytes.count - position - 16)
        else { return nil }
        let end = position + 12 + Int(length)
        let data = bytes[position + 12..<end]
        guard CRC32C.masked(data) == UInt32(number(bytes[end..<end + 4])) else { return nil }
        return (data, end + 4)
    }

    private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
