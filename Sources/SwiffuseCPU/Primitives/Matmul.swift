internal import SwiffuseTensor

extension CPURuntime {
    func matmul(
        _ a: BufferView, _ b: BufferView, _ output: BufferView, scale: Float, mode: WriteMode
    ) throws(DeviceError) {
        let (rows, columns) = (output.shape[output.shape.count - 2], output.shape[output.shape.count - 1])
        let depth = a.shape[a.shape.count - 1]
        let limit = Int(Int32.max)
        guard rows <= limit && columns <= limit && depth <= limit else {
            throw .failed(
                device: "cpu", operation: "matmul",
                reason: "[\(rows), \(depth)] × [\(depth), \(columns)] exceeds 2³¹ − 1 rows")
        }
        guard output.isContiguous else {
            let whole = try allocator.allocate(byteCount: output.count * 4)
            let dense = output.dense(in: whole)
            try matmul(a, b, dense, scale: scale, mode: .overwrite)
            copy(dense, output, mode)
            return
        }
        let (left, right) = (try packedIfNeeded(a), try packedIfNeeded(b))
        let batch = BatchedProduct(left, right, output, scale: scale, mode)
        if batch.count >= 2 * pool.threadCount || batch.count > 1 && pool.threadCount == 1 {
            pool.run(over: batch.count, grain: 1) { range in
                for index in range { batch[index].compute(on: self) }
            }
        } else {
            for index in 0..<batch.count { try batch[index].run(on: self) }
        }
        // The products have addresses only: copies must live until they are done.
        withExtendedLifetime((left, right)) {}
    }

    /// The view itself if BLAS can read its matrices, else a dense copy.
    func packedIfNeeded(_ view: BufferView) throws(DeviceError) -> BufferView {
        if view.matrixLayout != nil { return view }
        let dense = view.dense(in: try allocator.allocate(byteCount: view.count * 4))
        copy(view, dense, .overwrite)
        return dense
    }
}

extension BufferView {
    /// The same shape, row-major, in a buffer of its own.
    func dense(in buffer: CPUBuffer) -> BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: 0, shape: shape, strides: Shape(shape).contiguousStrides)
    }

    /// How BLAS sees the last two axes: its stride, and whether they are exchanged; nil if it cannot.
    var matrixLayout: (stride: Int, isTransposed: Bool)? {
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        let (rowStep, columnStep) = (strides[strides.count - 2], strides[strides.count - 1])
        if columnStep == 1 || columns == 1 {
            if rows == 1 { return (max(columns, 1), false) }
            if rowStep >= columns && rowStep > 0 { return (rowStep, false) }
            if columns == 0 { return (1, false) }
        }
        if rowStep == 1 || rows == 1 {
            if columns == 1 { return (max(rows, 1), true) }
            if columnStep >= rows && columnStep > 0 { return (columnStep, true) }
        }
        return nil
    }
}

/// Independent matrix products over the leading axes.
private struct BatchedProduct {
    private var axes: [(extent: Int, a: Int, b: Int, c: Int)] = []
    private let first: MatrixProduct

    init(_ a: BufferView, _ b: BufferView, _ output: BufferView, scale: Float, _ mode: WriteMode) {
        let rank = output.shape.count
        let (left, right) = (MatrixOperand(a), MatrixOperand(b))
        for axis in 0..<rank - 2 where output.shape[axis] != 1 {
            let (extent, steps) = (output.shape[axis], (a.strides[axis], b.strides[axis], output.strides[axis]))
            if let last = axes.last, last.a == steps.0 * extent, last.b == steps.1 * extent, last.c == steps.2 * extent
            {
                axes[axes.count - 1] = (last.extent * extent, steps.0, steps.1, steps.2)
            } else {
                axes.append((extent, steps.0, steps.1, steps.2))
            }
        }
        var rows = output.shape[rank - 2]
        let (columns, depth) = (output.shape[rank - 1], a.shape[rank - 1])
        // One matrix B for all of A's: a single product with more rows.
        if let last = axes.last, last.b == 0, !left.isTransposed, last.a == rows * left.stride, last.c == rows * columns
        {
            rows *= last.extent
            axes.removeLast()
        }
        first = MatrixProduct(
            rows: rows, columns: columns, depth: depth,
            a: left, b: right, c: output.floats, cStride: columns, alpha: scale, beta: mode == .accumulate ? 1 : 0)
    }

    var count: Int { axes.reduce(1) { $0 * $1.extent } }

    subscript(index: Int) -> MatrixProduct {
        var (rest, a, b, c) = (index, 0, 0, 0)
        for axis in axes.reversed() {
            let position = rest % axis.extent
            rest /= axis.extent
            a += position * axis.a
            b += position * axis.b
            c += position * axis.c
        }
        return MatrixProduct(
            rows: first.rows, columns: first.columns, depth: first.depth,
            a: MatrixOperand(first.a.start + a, stride: first.a.stride, isTransposed: first.a.isTransposed),
            b: MatrixOperand(first.b.start + b, stride: first.b.stride, isTransposed: first.b.isTransposed),
            c: first.c + c, cStride: first.cStride, alpha: first.alpha, beta: first.beta)
    }
}
