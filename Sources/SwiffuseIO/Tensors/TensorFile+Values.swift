/// What to do with a stored number that the wanted type cannot hold exactly.
public enum NumberConversion: Sendable {
    /// Throw `CheckpointError.inexact`.
    case exact
    /// Take the nearest number, ties to even.
    case rounded
}

extension TensorFile {
    /// A tensor as Float32, row-major. Of the stored types F32, F16, BF16, I16, I8, U8 and BOOL convert exactly;
    /// F64, I64 and I32 only value by value, as `conversion` says.
    public func float32(
        of key: String, conversion: NumberConversion = .exact
    ) throws(CheckpointError) -> [Float] {
        switch try dtype(of: key) {
        case .float32: try values(of: key, Float.self) { $0 }
        case .float16: try values(of: key, UInt16.self) { ReducedPrecision.float(float16: $0) }
        case .bfloat16: try values(of: key, UInt16.self) { ReducedPrecision.float(bfloat16: $0) }
        case .int16: try values(of: key, Int16.self) { Float($0) }
        case .int8: try values(of: key, Int8.self) { Float($0) }
        case .uint8: try values(of: key, UInt8.self) { Float($0) }
        case .bool: try values(of: key, UInt8.self) { $0 == 0 ? 0 : 1 }
        case .float64:
            try narrowed(of: key, Double.self, conversion, { Float($0) }) { Double($0) == $1 || $1.isNaN }
        case .int64: try narrowed(of: key, Int64.self, conversion, { Float($0) }) { Int64(exactly: $0) == $1 }
        case .int32: try narrowed(of: key, Int32.self, conversion, { Float($0) }) { Int32(exactly: $0) == $1 }
        }
    }

    /// A tensor as Float64, row-major; every stored type but I64 beyond 2⁵³ converts exactly.
    public func float64(of key: String) throws(CheckpointError) -> [Double] {
        switch try dtype(of: key) {
        case .float64: try values(of: key, Double.self) { $0 }
        case .int64: try narrowed(of: key, Int64.self, .exact, { Double($0) }) { Int64(exactly: $0) == $1 }
        case .int32: try values(of: key, Int32.self) { Double($0) }
        case .float32, .float16, .bfloat16, .int16, .int8, .uint8, .bool: try float32(of: key).map { Double($0) }
        }
    }

    /// An integer or boolean tensor as Int64, row-major.
    public func int64(of key: String) throws(CheckpointError) -> [Int64] {
        let dtype = try dtype(of: key)
        switch dtype {
        case .int64: return try values(of: key, Int64.self) { $0 }
        case .int32: return try values(of: key, Int32.self) { Int64($0) }
        case .int16: return try values(of: key, Int16.self) { Int64($0) }
        case .int8: return try values(of: key, Int8.self) { Int64($0) }
        case .uint8: return try values(of: key, UInt8.self) { Int64($0) }
        case .bool: return try values(of: key, UInt8.self) { $0 == 0 ? 0 : 1 }
        case .float64, .float32, .float16, .bfloat16:
            throw .type(path: path, key: key, found: dtype, wanted: .int64)
        }
    }

    private func values<Stored: BitwiseCopyable, Value>(
        of key: String, _ type: Stored.Type, _ convert: (Stored) -> Value
    ) throws(CheckpointError) -> [Value] {
        try withBytes(of: key) { (bytes: UnsafeRawBufferPointer) throws(CheckpointError) in
            let count = bytes.count / MemoryLayout<Stored>.size
            return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
                for i in 0..<count {
                    let stored = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Stored>.size, as: Stored.self)
                    buffer.initializeElement(at: i, to: convert(stored))
                }
                initialized = count
            }
        }
    }

    private func narrowed<Stored: BitwiseCopyable, Value: BinaryFloatingPoint>(
        of key: String, _ type: Stored.Type, _ conversion: NumberConversion, _ convert: (Stored) -> Value,
        isExact: (Value, Stored) -> Bool
    ) throws(CheckpointError) -> [Value] {
        let stored = try values(of: key, type) { $0 }
        let values = stored.map(convert)
        guard conversion == .exact, let index = stored.indices.first(where: { !isExact(values[$0], stored[$0]) }) else {
            return values
        }
        let wanted: StoredDType = MemoryLayout<Value>.size == 4 ? .float32 : .float64
        throw .inexact(path: path, key: key, index: index, value: "\(stored[index])", wanted: wanted)
    }
}
