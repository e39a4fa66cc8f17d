/// What is known about a tensor before anything runs: its shape and element type.
public struct TensorSpec: Sendable, Hashable, CustomStringConvertible {
    public let shape: Shape
    public let dtype: DType

    public init(_ shape: Shape, _ dtype: DType = .float32) {
        self.shape = shape
        self.dtype = dtype
    }

    public var byteCount: Int { shape.count * dtype.byteCount }

    public var description: String { "\(dtype.rawValue)\(shape)" }
}
