/// Makes zip files by hand.
enum StoredZip {
    /// A zip file of stored members; checksums are right unless asked otherwise.
    static func bytes(
        _ members: [(name: String, bytes: [UInt8])], checksum: (([UInt8]) -> UInt32)? = nil
    ) -> [UInt8] {
        var body: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in members {
            let sum = little(Int(checksum?(bytes) ?? crc32(bytes)), 4)
            let sizes = joined(sum, little(bytes.count, 4), little(bytes.count, 4), little(name.utf8.count, 2))
            let place = little(body.count, 4)
            directory += joined(
                [0x50, 0x4B, 1, 2], little(20, 2), little(20, 2), little(0, 8), sizes, little(0, 2), little(0, 2),
                little(0, 8), place, Array(name.utf8))
            body += joined(
                [0x50, 0x4B, 3, 4], little(20, 2), little(0, 8), sizes, little(0, 2), Array(name.utf8), bytes)
        }
        let count = little(members.count, 2)
        let end = joined(
            [0x50, 0x4B, 5, 6], little(0, 4), count, count, little(directory.count, 4), little(body.count, 4),
            little(0, 2))
        return joined(body, directory, end)
    }

    static func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }

    static func joined(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }
}
