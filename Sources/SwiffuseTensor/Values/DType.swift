/// The element types that tensors can hold.
public enum DType: String, Sendable, Hashable, CaseIterable {
    /// What all arithmetic is done in.
    case float32
    case int32, uint8
    /// Half the memory for values at rest: only casts and copies read and write it. Casts round to nearest, ties to even; what
    /// exceeds 65,504 becomes infinite.
    case float16

    /// Size of one element in bytes.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float16: 2
        case .uint8: 1
        }
    }
}
