internal import CKernels
internal import SwiffuseTensor

extension CPURuntime {
    func fill(_ value: Float, _ output: BufferView, _ mode: WriteMode) {
        if output.dtype != .float32 {
            // The constant as a one-element view that repeats along every axis.
            withUnsafePointer(to: value) { source in
                convert(
                    from: ck_float32, UnsafeRawPointer(source), Array(repeating: 0, count: output.shape.count), output)
            }
            return
        }
        let (target, adds) = (output.floats, mode == .accumulate)
        let constant = BufferView(
            buffer: output.buffer, dtype: .float32, offset: 0, shape: output.shape,
            strides: Array(repeating: 0, count: output.shape.count))
        StridedLoop([output, constant]).withKernelLoop { loop in
            pool.run(over: output.count, grain: Self.elementGrain) { range in
                let none: [Float] = [0, 0]
                withUnsafePointer(to: value) {
                    ck_unary(ck_identity, none, loop, $0, target, adds, range.lowerBound, range.upperBound)
                }
            }
        }
    }

    func copy(_ x: BufferView, _ output: BufferView, _ mode: WriteMode) {
        if mode == .accumulate {
            unary(.affine(scale: 1, shift: 0), x, output, mode)
            return
        }
        let loop = StridedLoop([output, x])
        if x.dtype.byteCount == 4, let transposition = Transposition(loop) {
            transpose(transposition, x, output)
            return
        }
        let (source, target, size) = (x.base, output.base, x.dtype.byteCount)
        loop.withKernelLoop { loop in
            pool.run(over: output.count, grain: Self.elementGrain) { range in
                ck_copy(loop, size, source, target, range.lowerBound, range.upperBound)
            }
        }
    }

    private func transpose(_ plan: Transposition, _ x: BufferView, _ output: BufferView) {
        let (source, target) = (x.base, output.base)
        let rowBlock = 128
        let blocks = (plan.rows + rowBlock - 1) / rowBlock
        pool.run(plan.outer.count * blocks) { task, _ in
            let (offset, first) = (plan.outer[task / blocks], task % blocks * rowBlock)
            ck_transpose(
                source + offset.source * 4, plan.sourceStride, target + offset.target * 4, plan.targetStride,
                plan.columns,
                first, min(plan.rows, first + rowBlock))
        }
    }

    func cast(_ x: BufferView, _ output: BufferView) {
        convert(from: x.dtype.kernel, x.base, x.strides, output)
    }

    private func convert(from type: ck_type, _ source: UnsafeRawPointer, _ strides: [Int], _ output: BufferView) {
        let input = BufferView(
            buffer: output.buffer, dtype: output.dtype, offset: 0, shape: output.shape, strides: strides)
        let target = output.base
        StridedLoop([output, input]).withKernelLoop { loop in
            pool.run(over: output.count, grain: Self.elementGrain) { range in
                ck_cast(loop, type, output.dtype.kernel, source, target, range.lowerBound, range.upperBound)
            }
        }
    }
}

/// A copy whose source is dense along another axis than its target: done in tiles.
private struct Transposition {
    let rows: Int
    let columns: Int
    let sourceStride: Int
    let targetStride: Int
    /// Where each of the remaining axes' positions starts, in elements.
    let outer: [(source: Int, target: Int)]

    /// nil if the copy is not of this kind or too small to gain.
    init?(_ loop: StridedLoop) {
        let last = loop.extents.count - 1
        let (target, source) = (loop.strides[0], loop.strides[1])
        guard last >= 1, target[last] == 1, source[last] > 1, loop.extents[last] >= 8,
            let dense = (0..<last).first(where: { source[$0] == 1 && loop.extents[$0] >= 8 })
        else { return nil }
        rows = loop.extents[dense]
        columns = loop.extents[last]
        sourceStride = source[last]
        targetStride = target[dense]
        var offsets = [(source: 0, target: 0)]
        for axis in 0..<last where axis != dense {
            offsets = offsets.flatMap { offset in
                (0..<loop.extents[axis]).map {
                    (source: offset.source + $0 * source[axis], target: offset.target + $0 * target[axis])
                }
            }
        }
        outer = offsets
    }
}

extension DType {
    fileprivate var kernel: ck_type {
        switch self {
        case .float32: ck_float32
        case .int32: ck_int32
        case .uint8: ck_uint8
        case .float16: ck_float16
        }
    }
}
