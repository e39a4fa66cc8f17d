/// The element types that tensors can hold.
public enum DType: String, Sendable, Hashable, CaseIterable {
    case float32, int32, uint8

    /// Size of one element in bytes.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .uint8: 1
        }
    }
}
