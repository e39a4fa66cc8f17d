internal import SwiffuseIO
public import SwiffuseTensor
internal import Synchronization

/// A device that computes every primitive in the plainest way, one element after the other, with sums in Float64.
///
/// It has no fused kernels, so fused operations run as their references: the yardstick for every other device. Slow.
public final class ReferenceDevice: Device {
    public let id = DeviceID("reference")
    public let info = DeviceInfo(name: "plain loops", details: [], memoryLimit: nil, dtypes: DType.allCases)
    public let kernels = KernelTable()

    public init() {}

    public var memoryUse: MemoryUse { MemoryUse(current: 0, highWaterMark: 0, reserved: 0) }
    public func resetHighWaterMark() {}
    public func synchronize() throws(DeviceError) {}

    public func allocate(byteCount: Int) throws(DeviceError) -> any DeviceBuffer {
        ReferenceBuffer(byteCount: byteCount)
    }

    public func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) throws(DeviceError) {
        guard let buffer = buffer as? ReferenceBuffer, let source = bytes.baseAddress else { return }
        buffer.bytes.copyMemory(from: source, byteCount: bytes.count)
    }

    public func download(
        _ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer
    ) throws(DeviceError) {
        if let failure = buffer.failure { throw failure }
        guard let buffer = buffer as? ReferenceBuffer, let target = bytes.baseAddress else { return }
        target.copyMemory(from: buffer.bytes + byteOffset, byteCount: bytes.count)
    }

    public func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        let sources = inputs.map(ReferenceView.init)
        let values = ReferencePrimitives.evaluate(op, sources, output: output)
        let target = ReferenceView(output)
        switch values {
        case .success(let values):
            for (index, value) in values.enumerated() {
                target.put(mode == .accumulate ? target.value(at: index) + value : value, at: index)
            }
        case .failure(let error): target.buffer.fail(error)
        }
    }
}

final class ReferenceBuffer: DeviceBuffer, @unchecked Sendable {
    // Unchecked: the core orders the operations that touch the bytes.
    let bytes: UnsafeMutableRawPointer
    let byteCount: Int
    private let firstFailure = Mutex<DeviceError?>(nil)

    init(byteCount: Int) {
        bytes = .allocate(byteCount: max(byteCount, 1), alignment: 64)
        self.byteCount = byteCount
    }

    deinit { bytes.deallocate() }

    var failure: DeviceError? { firstFailure.withLock { $0 } }
    func fail(_ error: DeviceError) { firstFailure.withLock { $0 = error } }
}

/// A view whose elements are addressed by their row-major number; values pass as Float64.
struct ReferenceView {
    let buffer: ReferenceBuffer
    let view: BufferView

    init(_ view: BufferView) {
        guard let buffer = view.buffer as? ReferenceBuffer else { fatalError("reference: an operand lives elsewhere") }
        self.buffer = buffer
        self.view = view
    }

    var shape: [Int] { view.shape }
    var count: Int { view.count }

    func value(at index: Int) -> Double { load(position(index)) }

    func value(_ indices: [Int]) -> Double {
        load(zip(indices, view.strides).reduce(view.offset) { $0 + $1.0 * $1.1 })
    }

    func put(_ value: Double, at index: Int) {
        let position = position(index)
        switch view.dtype {
        case .float32: buffer.bytes.storeBytes(of: Float(value), toByteOffset: 4 * position, as: Float.self)
        case .int32:
            let limited = value.isNaN ? 0 : min(max(value, Double(Int32.min)), Double(Int32.max))
            buffer.bytes.storeBytes(of: Int32(limited), toByteOffset: 4 * position, as: Int32.self)
        case .uint8:
            let limited = value.isNaN ? 0 : min(max(value, 0), 255)
            buffer.bytes.storeBytes(of: UInt8(limited), toByteOffset: position, as: UInt8.self)
        case .float16:
            let bits = ReducedPrecision.float16(Float(value))
            buffer.bytes.storeBytes(of: bits, toByteOffset: 2 * position, as: UInt16.self)
        }
    }

    private func load(_ position: Int) -> Double {
        switch view.dtype {
        case .float32: Double(buffer.bytes.load(fromByteOffset: 4 * position, as: Float.self))
        case .int32: Double(buffer.bytes.load(fromByteOffset: 4 * position, as: Int32.self))
        case .uint8: Double(buffer.bytes.load(fromByteOffset: position, as: UInt8.self))
        case .float16:
            Double(ReducedPrecision.float(float16: buffer.bytes.load(fromByteOffset: 2 * position, as: UInt16.self)))
        }
    }

    private func position(_ index: Int) -> Int {
        zip(ReferenceView.indices(of: index, in: view.shape), view.strides).reduce(view.offset) { $0 + $1.0 * $1.1 }
    }

    /// A row-major number as one index per axis.
    static func indices(of index: Int, in shape: [Int]) -> [Int] {
        var (rest, result) = (index, shape)
        for axis in shape.indices.reversed() {
            result[axis] = rest % shape[axis]
            rest /= shape[axis]
        }
        return result
    }
}
