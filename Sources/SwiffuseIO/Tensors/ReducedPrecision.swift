/// Bits of 16-bit floating-point numbers.
public enum ReducedPrecision {
    /// bfloat16, rounded to nearest, ties to even; what is not a number becomes 0x7FC0.
    public static func bfloat16(_ value: Float) -> UInt16 {
        if value.isNaN { return 0x7FC0 }
        let bits = value.bitPattern
        let roundingBias = 0x7FFF + (bits >> 16 & 1)
        return UInt16(truncatingIfNeeded: (bits &+ roundingBias) >> 16)
    }

    /// The exact value of a bfloat16.
    public static func float(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// IEEE half precision, rounded to nearest, ties to even.
    public static func float16(_ value: Float) -> UInt16 { Float16(value).bitPattern }

    /// The exact value of a half-precision number.
    public static func float(float16 bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }
}
