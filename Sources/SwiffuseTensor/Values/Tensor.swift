/// An immutable n-dimensional array on a device.
///
/// A value: copies share storage, and views (slices, transposes, broadcasts) share it with their origin. If an
/// operation failed, the
/// tensor still has its shape; the error is thrown where values are read.
public struct Tensor: Sendable {
    public let spec: TensorSpec
    var storage: Storage
    let offset: Int
    let strides: [Int]
    /// Where this value stands on a tape, if it is being recorded.
    let node: TapeNode?

    init(spec: TensorSpec, storage: Storage, offset: Int = 0, strides: [Int]? = nil, node: TapeNode? = nil) {
        self.spec = spec
        self.storage = storage
        self.offset = offset
        self.strides = strides ?? spec.shape.contiguousStrides
        self.node = node
    }

    public var shape: Shape { spec.shape }
    public var dtype: DType { spec.dtype }
    public var device: any Device { storage.device }
    public var count: Int { spec.shape.count }

    /// Whether operations on this value are recorded on a tape.
    public var isTracked: Bool { node != nil }

    /// The same value, outside any recording.
    public func detached() -> Tensor {
        node == nil ? self : Tensor(spec: spec, storage: storage, offset: offset, strides: strides)
    }

    /// Why the values cannot be read, if an operation failed.
    public var failure: DeviceError? { storage.failure }

    /// The window that kernels read; nil if an allocation failed.
    package var view: BufferView? {
        guard case .success(let buffer) = storage.contents else { return nil }
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: shape.dimensions, strides: strides)
    }

    var isContiguous: Bool {
        var expected = 1
        for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
            if shape.dimensions[axis] != 1 && strides[axis] != expected { return false }
            expected *= shape.dimensions[axis]
        }
        return true
    }

    func attached(to node: TapeNode) -> Tensor {
        Tensor(spec: spec, storage: storage, offset: offset, strides: strides, node: node)
    }

    /// A tensor with undefined contents, for kernels to write.
    static func uninitialized(_ spec: TensorSpec, on device: any Device) -> Tensor {
        Tensor(spec: spec, storage: Storage(device: device, byteCount: spec.byteCount))
    }

    /// The tensor, or if it failed for want of memory, one whose failure names the operation that was to write it.
    func failing(during name: @autoclosure () -> String) -> Tensor {
        guard case .outOfMemory(_, nil, _, _, _)? = failure, let error = failure?.during(name()) else { return self }
        return .poisoned(spec, by: error, on: device)
    }

    static func poisoned(_ spec: TensorSpec, by error: DeviceError, on device: any Device) -> Tensor {
        Tensor(spec: spec, storage: Storage(device: device, contents: .failure(error)))
    }
}
