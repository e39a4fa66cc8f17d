/// A strided window into a device buffer: what kernels read and write.
public struct BufferView: Sendable {
    public let buffer: any DeviceBuffer
    public let dtype: DType
    /// Position of the first element, in elements.
    public let offset: Int
    public let shape: [Int]
    /// Distance between neighbours along each axis, in elements; 0 repeats (broadcasts) an element.
    public let strides: [Int]

    public init(buffer: any DeviceBuffer, dtype: DType, offset: Int, shape: [Int], strides: [Int]) {
        self.buffer = buffer
        self.dtype = dtype
        self.offset = offset
        self.shape = shape
        self.strides = strides
    }

    public var count: Int { shape.reduce(1, *) }

    /// Whether the elements lie densely in row-major order.
    public var isContiguous: Bool {
        var expected = 1
        for axis in stride(from: shape.count - 1, through: 0, by: -1) {
            if shape[axis] != 1 && strides[axis] != expected { return false }
            expected *= shape[axis]
        }
        return true
    }
}
