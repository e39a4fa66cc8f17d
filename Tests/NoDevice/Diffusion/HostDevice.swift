import Foundation
import SwiffuseTensor

/// A slow device for tests: every elementwise primitive and reduction, one element at a time.
final class HostDevice: Device {
    final class Buffer: DeviceBuffer {
        // Operations run one after the other on the caller's task, so no two touch the words at once.
        nonisolated(unsafe) let words: UnsafeMutablePointer<UInt32>
        let byteCount: Int
        var failure: DeviceError? { nil }

        init(byteCount: Int) {
            self.byteCount = byteCount
            words = .allocate(capacity: byteCount / 4 + 1)
            words.initialize(repeating: 0, count: byteCount / 4 + 1)
        }

        deinit { words.deallocate() }
    }

    let id = DeviceID("host")
    let info = DeviceInfo(name: "host", details: [], memoryLimit: nil, dtypes: [.float32, .int32])
    let kernels = KernelTable()
    var memoryUse: MemoryUse { MemoryUse(current: 0, highWaterMark: 0, reserved: 0) }

    func allocate(byteCount: Int) -> any DeviceBuffer { Buffer(byteCount: byteCount) }

    func upload(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer) {
        UnsafeMutableRawBufferPointer(start: words(buffer), count: bytes.count).copyMemory(from: bytes)
    }

    func download(_ buffer: any DeviceBuffer, byteOffset: Int, to bytes: UnsafeMutableRawBufferPointer) {
        bytes.copyMemory(
            from: UnsafeRawBufferPointer(start: UnsafeRawPointer(words(buffer)) + byteOffset, count: bytes.count))
    }

    func execute(_ op: PrimitiveOp, reading inputs: [BufferView], writing output: BufferView, mode: WriteMode) {
        if case .reduce(let reduction) = op {
            reduce(inputs[0], by: reduction, into: output)
            return
        }
        for index in indices(of: output.shape) {
            let values = inputs.map { view in element(view, index) }
            switch op {
            case .copy: put(values[0].bits, output, index)
            case .cast: put(Float(Int32(bitPattern: values[0].bits)).bitPattern, output, index)
            case .fill(let value): put(value.bitPattern, output, index)
            case .select: put((values[0].float != 0 ? values[1] : values[2]).bits, output, index)
            case .unary(let function): put(apply(function, values[0].float).bitPattern, output, index)
            case .binary(let function):
                put(apply(function, values[0].float, values[1].float).bitPattern, output, index)
            case .reduce, .matmul, .gatherRows, .scatterAddRows, .unfold, .fold, .random:
                fatalError("the test device has no \(op)")
            }
        }
    }

    func synchronize() {}
    func resetHighWaterMark() {}

    private func reduce(_ input: BufferView, by reduction: Reduction, into output: BufferView) {
        var totals: [[Int]: Double] = [:]
        for index in indices(of: input.shape) {
            let value = Double(element(input, index).float)
            let target = zip(index, output.shape).map { $1 == 1 ? 0 : $0 }
            switch reduction {
            case .sum: totals[target, default: 0] += value
            case .sumOfSquares: totals[target, default: 0] += value * value
            case .maximum: totals[target] = max(totals[target] ?? -.infinity, value)
            }
        }
        for (index, value) in totals { put(Float(value).bitPattern, output, index) }
    }

    private func apply(_ function: UnaryFunction, _ x: Float) -> Float {
        switch function {
        case .negate: -x
        case .absolute: abs(x)
        case .square: x * x
        case .squareRoot: x.squareRoot()
        case .reciprocal: 1 / x
        case .exponential: exp(x)
        case .cosine: cos(x)
        case .sine: sin(x)
        case .affine(let scale, let shift): scale * x + shift
        case .clamp(let lower, let upper): min(max(x, lower), upper)
        case .reciprocalSquareRoot, .logarithm, .tanh, .sigmoid, .silu, .errorFunction:
            fatalError("the test device has no \(function)")
        }
    }

    private func apply(_ function: BinaryFunction, _ a: Float, _ b: Float) -> Float {
        switch function {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .maximum: max(a, b)
        case .minimum: min(a, b)
        case .isLess: a < b ? 1 : 0
        case .isLessOrEqual: a <= b ? 1 : 0
        case .isEqual: a == b ? 1 : 0
        }
    }

    private func words(_ buffer: any DeviceBuffer) -> UnsafeMutablePointer<UInt32> {
        guard let buffer = buffer as? Buffer else { fatalError("a buffer of another device") }
        return buffer.words
    }

    private func element(_ view: BufferView, _ index: [Int]) -> (bits: UInt32, float: Float) {
        let bits = words(view.buffer)[position(view, index)]
        return (bits, Float(bitPattern: bits))
    }

    private func put(_ bits: UInt32, _ view: BufferView, _ index: [Int]) {
        words(view.buffer)[position(view, index)] = bits
    }

    private func position(_ view: BufferView, _ index: [Int]) -> Int {
        zip(index, view.strides).reduce(view.offset) { $0 + $1.0 * $1.1 }
    }

    private func indices(of shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } } }
    }
}
