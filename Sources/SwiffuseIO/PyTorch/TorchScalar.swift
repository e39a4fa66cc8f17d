/// A value in a PyTorch file that is not a tensor.
public enum TorchScalar: Sendable, Equatable {
    case none
    case bool(Bool)
    case integer(Int64)
    /// An integer beyond 64 bits, little-endian two's complement.
    case longInteger([UInt8])
    case float(Double)
    case text(String)
    case bytes([UInt8])
}
