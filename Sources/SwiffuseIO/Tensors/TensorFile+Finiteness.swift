extension TensorFile {
    /// The tensors that hold NaN or infinity, in the order of the file; integers never do.
    public func nonFiniteTensors() throws(CheckpointError) -> [String] {
        var found: [String] = []
        for name in names {
            let dtype = try dtype(of: name)
            if try withBytes(of: name, { dtype.holdsNonFinite($0) }) { found.append(name) }
        }
        return found
    }
}

extension StoredDType {
    /// Whether there is NaN or infinity among numbers of this type, in bytes of any alignment.
    package func holdsNonFinite(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .float64: Self.hasNumber(in: bytes, ofExponent: 0x7FF0_0000_0000_0000 as UInt64)
        case .float32: Self.hasNumber(in: bytes, ofExponent: 0x7F80_0000 as UInt32)
        case .float16: Self.hasNumber(in: bytes, ofExponent: 0x7C00 as UInt16)
        case .bfloat16: Self.hasNumber(in: bytes, ofExponent: 0x7F80 as UInt16)
        case .int64, .int32, .int16, .int8, .uint8, .bool: false
        }
    }

    /// Whether a number has all bits of an exponent; reads to the end, because a loop without branches is vectorised.
    private static func hasNumber<Bits: FixedWidthInteger & BitwiseCopyable>(
        in bytes: UnsafeRawBufferPointer, ofExponent exponent: Bits
    ) -> Bool {
        let size = MemoryLayout<Bits>.size
        var found: Bits = 0
        for index in 0..<bytes.count / size {
            let bits = bytes.loadUnaligned(fromByteOffset: index &* size, as: Bits.self)
            found |= bits & exponent == exponent ? 1 : 0
        }
        return found != 0
    }
}
