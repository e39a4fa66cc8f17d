import CZlib

/// One chunk of a PNG file (PNG specification, section 5.3).
struct PNGChunk {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Four ASCII letters.
    let type: String
    let data: [UInt8]

    init(_ type: String, _ data: [UInt8]) {
        self.type = type
        self.data = data
    }

    /// Length, type, data and checksum, as they stand in a file.
    var bytes: [UInt8] {
        let body = Array(type.utf8) + data
        let checksum = body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        return bigEndian(UInt32(data.count)) + body + bigEndian(UInt32(truncatingIfNeeded: checksum))
    }

    /// The chunks of a file that was written by this library.
    static func chunks(of file: [UInt8]) -> [PNGChunk] {
        var chunks: [PNGChunk] = []
        var position = signature.count
        while position + 12 <= file.count {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard position + 12 + length <= file.count else { break }
            let type = String(decoding: file[position + 4..<position + 8], as: UTF8.self)
            chunks.append(PNGChunk(type, Array(file[position + 8..<position + 8 + length])))
            position += 12 + length
        }
        return chunks
    }
}

/// A number as PNG stores it, most significant byte first.
func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
