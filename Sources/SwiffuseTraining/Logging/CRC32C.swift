/// The Castagnoli checksum (RFC 3720, appendix B.4), with the mask that TFRecord files put on it.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }

    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { ($0 >> 8) ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    /// Rotated right by 15 bits, plus a constant: a checksum over data that contain checksums would be weak.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let value = checksum(bytes)
        return ((value >> 15) | (value << 17)) &+ 0xA282_EAD8
    }
}
