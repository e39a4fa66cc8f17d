internal import CKernels
internal import SwiffuseTensor

extension FusedKernel<SwiGLULinearOp> {
    /// Strips of rows are gated in their core's cache and multiplied there; so is the way back.
    static func cpu(_ runtime: CPURuntime) -> FusedKernel<SwiGLULinearOp> {
        FusedKernel(acceptsStrided: [1], keeps: { $0.kept(for: $1) }) { _, call in
            let bias = call.inputs.count > 2 ? call.inputs[2] : nil
            runtime.perform(writing: call.outputs) { () throws(DeviceError) in
                let weight = try runtime.packedIfNeeded(call.inputs[1])
                try GatedLayer(call.inputs[0], weight: call.inputs[1].shape).forward(
                    runtime, weight: MatrixOperand(weight), bias: bias?.floats, y: call.outputs[0].floats)
                // The product has an address only: a copy must live until it is done.
                withExtendedLifetime(weight) {}
            }
        } backward: { _, call in
            let dy = call.cotangents[0]
            let biasSlot = call.gradients.count > 2 ? call.gradients[2] : nil
            runtime.perform(writing: call.gradients.compactMap { $0?.view }) { () throws(DeviceError) in
                let specs = call.inputSpecs.map(\.shape.dimensions)
                guard let x = call.inputs[0] else {
                    let sizes = LinearSizes(dy.shape.dropLast() + [specs[1][1]], specs[1])
                    if let biasSlot { sizes.biasGradient(runtime, dy, biasSlot) }
                    return
                }
                let layer = GatedLayer(x, weight: specs[1])
                let weight = try call.inputs[1].map { view throws(DeviceError) in try runtime.packedIfNeeded(view) }
                try layer.backward(
                    runtime, dy: dy, weight: weight.map { MatrixOperand($0) }, dx: call.gradients[0],
                    dw: call.gradients[1], db: biasSlot)
                withExtendedLifetime(weight) {}
            }
        }
    }
}

/// One launch.
private struct GatedLayer {
    private let swiglu: ck_swiglu
    /// Of the linear layer.
    private let sizes: LinearSizes

    /// - Parameters:
    ///   - x: […, 2F].
    ///   - weight: [O, F].
    init(_ x: BufferView, weight: [Int]) {
        swiglu = ck_swiglu(x)
        sizes = LinearSizes(x.shape, weight)
    }

    private var width: Int { sizes.inputs }
    private var gatedStride: Int { MatrixProduct.rowStride(width) }

    func forward(
        _ runtime: CPURuntime, weight: MatrixOperand, bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>
    ) throws(DeviceError) {
        if sizes.isSkinny {
            let gated = try runtime.scratch(sizes.rows * width)
            gate(runtime, into: gated.floats, stride: width)
            try sizes.forward(runtime, x: gated.floats, weight: weight, bias: bias, y: y)
            withExtendedLifetime(gated) {}
            return
        }
        func addBias(_ rows: Range<Int>, _ columns: Range<Int>) { sizes.add(bias, to: y, rows: rows, columns: columns) }
        // Rows of x are made from the input, not read.
        let product = sizes.product(x: MatrixOperand(swiglu.ab, stride: 0), weight: weight, y: y)
        try product.withPreparedB(on: runtime) { product throws(DeviceError) in
            if let strips = product.strips(on: runtime, makesRows: true) {
                try strips.run(on: runtime, epilogue: addBias) { rows, columns, piece, stride in
                    var part = swiglu.columns(columns)
                    ck_swiglu_forward(&part, piece, stride, rows.lowerBound, rows.upperBound)
                }
                return
            }
            let gated = try runtime.scratch(sizes.rows * gatedStride)
            gate(runtime, into: gated.floats, stride: gatedStride)
            var whole = product
            whole.a = MatrixOperand(gated.floats, stride: gatedStride)
            try whole.run(on: runtime, epilogue: addBias)
            withExtendedLifetime(gated) {}
        }
    }

    private func gate(_ runtime: CPURuntime, into target: UnsafeMutablePointer<Float>, stride: Int) {
        if width == 0 { return }
        runtime.pool.run(over: sizes.rows, grain: max(1, CPURuntime.elementGrain / width)) { rows in
            var swiglu = swiglu
            ck_swiglu_forward(&swiglu, target + rows.lowerBound * stride, stride, rows.lowerBound, rows.upperBound)
        }
    }

    /// The input's gradient first: it makes the gated values again that the weight's gradient reads.
    func backward(
        _ runtime: CPURuntime, dy: BufferView, weight: MatrixOperand?, dx: GradientSlot?, dw: GradientSlot?,
        db: GradientSlot?
    ) throws(DeviceError) {
        let gated = dw == nil ? nil : try runtime.scratch(sizes.rows * gatedStride)
        if let dx, let weight {
            try inputGradient(runtime, dy: dy, weight: weight, dx, gated: gated?.floats)
        } else if let gated {
            gate(runtime, into: gated.floats, stride: gatedStride)
        }
        guard let dw, let gated else {
            if let db { sizes.biasGradient(runtime, dy, db) }
            return
        }
        try sizes.weightGradient(
            runtime, dy, x: MatrixOperand(gated.floats, stride: gatedStride), dw, bias: db)
        withExtendedLifetime(gated) {}
    }

    /// Columns of the gated values' gradient that a task has at once: with some 200 rows they stay in its core's cache.
    private static let mostColumns = 512

    /// dx (+)= the gradient by SwiGLU of dy · W, and the gated values into `gated` (or nil).
    private func inputGradient(
        _ runtime: CPURuntime, dy: BufferView, weight: MatrixOperand, _ slot: GradientSlot,
        gated: UnsafeMutablePointer<Float>?
    ) throws(DeviceError) {
        let (target, adds) = (slot.view.floats, slot.mode == .accumulate)
        let product = MatrixProduct(
            rows: sizes.rows, columns: width, depth: sizes.outputs,
            a: MatrixOperand(dy.floats, stride: max(sizes.outputs, 1)), b: weight, c: target, cStride: width)
        func handle(
            _ gradient: UnsafePointer<Float>, _ stride: Int, _ rows: Range<Int>, _ columns: Range<Int>
        ) {
            var part = swiglu.columns(columns)
            ck_swiglu_backward(
                &part, gradient, stride, target, adds,
                gated.map { $0 + rows.lowerBound * gatedStride + columns.lowerBound }, gatedStride, rows.lowerBound,
                rows.upperBound)
        }
        guard !sizes.isSkinny, !weight.isTransposed, let strips = product.strips(on: runtime) else {
            let gradient = try runtime.scratch(sizes.rows * width)
            let view = BufferView(
                buffer: gradient, dtype: .float32, offset: 0, shape: [sizes.rows, width], strides: [width, 1])
            try sizes.inputGradient(
                runtime, dy: dy.floats, weight: weight, GradientSlot(view: view, mode: .overwrite))
            runtime.forRows(of: view) { handle(view.floats + $0.lowerBound * width, width, $0, 0..<width) }
            return
        }
        let pieces = (width + Self.mostColumns - 1) / Self.mostColumns
        let step = ((width + pieces - 1) / pieces + 15) / 16 * 16
        let stride = MatrixProduct.rowStride(step)
        try strips.run(on: runtime, numbersPerRow: stride) { rows, memory in
            for first in Swift.stride(from: 0, to: width, by: step) {
                let columns = first..<min(width, first + step)
                runtime.product(
                    false, false, rows.count, columns.count, sizes.outputs, 1,
                    product.a.droppingRows(rows.lowerBound), product.a.stride, weight.start + first, weight.stride, 0,
                    memory, stride)
                handle(memory, stride, rows, columns)
            }
        }
    }
}
