internal import CKernels
internal import SwiffuseTensor

extension BufferView {
    /// A dense vector [n] as [1, n].
    fileprivate var asRow: BufferView {
        BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: [1, count], strides: [count, 1])
    }
}

/// The extents of a linear layer, and its three products.
struct LinearSizes {
    let rows: Int
    let inputs: Int
    let outputs: Int

    /// - Parameters:
    ///   - x: […, I].
    ///   - weight: [O, I].
    init(_ x: [Int], _ weight: [Int]) {
        outputs = weight[0]
        inputs = weight[1]
        rows = x.dropLast().reduce(1, *)
    }

    /// So few rows that kernels of their own read the weight once.
    var isSkinny: Bool { rows <= Int(ck_skinny_maximum_rows) }
    private var skinny: ck_skinny { ck_skinny(rows: rows, inputs: inputs, outputs: outputs) }
    /// Weight rows or columns that are worth a task.
    private var grain: Int { max(16, CPURuntime.elementGrain / max(1, inputs)) }

    /// Whether the weight's rows follow one another, as the kernels for few rows read them.
    private func isDense(_ weight: MatrixOperand) -> Bool { !weight.isTransposed && weight.stride == max(inputs, 1) }

    /// dy as [rows, outputs].
    func matrix(_ dy: BufferView) -> BufferView {
        BufferView(
            buffer: dy.buffer, dtype: dy.dtype, offset: dy.offset, shape: [rows, outputs], strides: [outputs, 1])
    }

    func forward(
        _ runtime: CPURuntime, x: UnsafePointer<Float>, weight: MatrixOperand, bias: UnsafePointer<Float>?,
        y: UnsafeMutablePointer<Float>
    ) throws(DeviceError) {
        if isSkinny && (isDense(weight) || weight.isTransposed) {
            runtime.pool.run(over: outputs, grain: grain) { range in
                withUnsafePointer(to: skinny) {
                    if weight.isTransposed {
                        ck_skinny_forward_columns(
                            $0, x, weight.start, weight.stride, bias, y, range.lowerBound, range.upperBound)
                    } else {
                        ck_skinny_forward($0, x, weight.start, bias, y, range.lowerBound, range.upperBound)
                    }
                }
            }
            return
        }
        try product(x: MatrixOperand(x, stride: max(inputs, 1)), weight: weight, y: y).run(on: runtime) {
            add(bias, to: y, rows: $0, columns: $1)
        }
    }

    /// x · Wᵀ
    func product(x: MatrixOperand, weight: MatrixOperand, y: UnsafeMutablePointer<Float>) -> MatrixProduct {
        MatrixProduct(
            rows: rows, columns: outputs, depth: inputs, a: x, b: weight.transposed, c: y, cStride: outputs)
    }

    /// Adds the bias to a panel of y.
    func add(
        _ bias: UnsafePointer<Float>?, to y: UnsafeMutablePointer<Float>, rows: Range<Int>, columns: Range<Int>
    ) {
        guard let bias else { return }
        ck_add_to_rows(
            bias + columns.lowerBound, y + rows.lowerBound * outputs + columns.lowerBound, outputs, rows.count,
            columns.count)
    }

    /// dx (+)= dy · W
    func inputGradient(
        _ runtime: CPURuntime, dy: UnsafePointer<Float>, weight: MatrixOperand, _ slot: GradientSlot
    ) throws(DeviceError) {
        if isSkinny && isDense(weight) {
            try skinnyInputGradient(runtime, dy: dy, weight: weight.start, slot)
            return
        }
        try MatrixProduct(
            rows: rows, columns: inputs, depth: outputs, a: MatrixOperand(dy, stride: max(outputs, 1)), b: weight,
            c: slot.view.floats, cStride: inputs, beta: slot.mode == .accumulate ? 1 : 0
        ).run(on: runtime)
    }

    /// Each task reads some rows of the weight from end to end; their shares are summed in a fixed order.
    private func skinnyInputGradient(
        _ runtime: CPURuntime, dy: UnsafePointer<Float>, weight: UnsafePointer<Float>, _ slot: GradientSlot
    ) throws(DeviceError) {
        let rowsPerShare = 256
        let shareCount = max(1, (outputs + rowsPerShare - 1) / rowsPerShare)
        let shares = try runtime.scratch(shareCount * rows * inputs)
        runtime.pool.run(shareCount) { task, _ in
            withUnsafePointer(to: skinny) {
                ck_skinny_input_gradient(
                    $0, dy, weight, shares.floats + task * rows * inputs, task * rowsPerShare,
                    min(outputs, (task + 1) * rowsPerShare))
            }
        }
        let all = BufferView(
            buffer: shares, dtype: .float32, offset: 0, shape: [shareCount, rows * inputs], strides: [rows * inputs, 1])
        runtime.reduce(.sum, all, slot.view.asRow, slot.mode)
    }

    /// db (+)= Σ dy
    func biasGradient(_ runtime: CPURuntime, _ dy: BufferView, _ slot: GradientSlot) {
        runtime.reduce(.sum, matrix(dy), slot.view.asRow, slot.mode)
    }

    /// dW (+)= dyᵀ · x and, if wanted, the bias's gradient.
    func weightGradient(
        _ runtime: CPURuntime, _ dy: BufferView, x: MatrixOperand, _ slot: GradientSlot, bias: GradientSlot?
    ) throws(DeviceError) {
        let (dw, adds) = (slot.view.floats, slot.mode == .accumulate)
        let product = MatrixProduct(
            rows: outputs, columns: inputs, depth: rows,
            a: MatrixOperand(dy.floats, stride: max(outputs, 1), isTransposed: true),
            b: x, c: dw, cStride: inputs, beta: adds ? 1 : 0)
        if !isSkinny, let bias, let strips = product.strips(on: runtime) {
            // Each output's cotangents lie side by side there.
            let (db, adds) = (bias.view.floats, bias.mode == .accumulate)
            try strips.run(on: runtime) { outputs, depth, piece, stride in
                ck_reduce_sum_rows(
                    piece, stride, outputs.count, depth.count, db + outputs.lowerBound, adds || depth.lowerBound > 0)
            }
            return
        }
        if let bias { biasGradient(runtime, dy, bias) }
        guard isSkinny && rows > 0 && x.stride == max(inputs, 1) else { return try product.run(on: runtime) }
        runtime.pool.run(over: outputs, grain: grain) { range in
            withUnsafePointer(to: skinny) {
                ck_skinny_weight_gradient($0, dy.floats, x.start, dw, adds, range.lowerBound, range.upperBound)
            }
        }
    }
}
