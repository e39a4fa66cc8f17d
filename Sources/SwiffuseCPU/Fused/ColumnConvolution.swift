internal import CKernels
internal import SwiffuseTensor

/// A convolution of any windows as products with the windows in columns, [C · kh · kw, positions], which are laid out a
/// band of rows at a time.
struct ColumnConvolution {
    private let shape: ConvolutionShape

    init(_ shape: ConvolutionShape) { self.shape = shape }

    /// Rows of window positions that are worked on at once, all of one image.
    private struct Bands {
        let rowsPerBand: Int
        let perImage: Int
        private let shape: ConvolutionShape

        init(_ shape: ConvolutionShape, positions: Int) {
            self.shape = shape
            rowsPerBand = min(shape.rows, max(1, positions / shape.columns))
            perImage = (shape.rows + rowsPerBand - 1) / rowsPerBand
        }

        /// The longest band's positions.
        var positions: Int { rowsPerBand * shape.columns }

        func rows(_ band: Int) -> Range<Int> { band * rowsPerBand..<min(shape.rows, (band + 1) * rowsPerBand) }
    }

    /// Windows of some rows in some channels of an image: [channels · kh · kw, rows · columns], in `target` unless the
    /// image is that already.
    private func columns(
        _ x: UnsafePointer<Float>, image: Int, channels: Range<Int>, rows: Range<Int>,
        in target: UnsafeMutablePointer<Float>
    ) -> MatrixOperand {
        let plane = shape.height * shape.width
        let source = x + (image * shape.channels + channels.lowerBound) * plane
        if shape.geometry.isPointwise {
            return MatrixOperand(source + rows.lowerBound * shape.columns, stride: plane)
        }
        let count = rows.count * shape.columns
        let (geometry, size) = (shape.geometry, shape)
        let windows = ck_windows(
            channels: channels.count, height: size.height, width: size.width,
            kernel_height: geometry.kernel.height, kernel_width: geometry.kernel.width,
            stride_height: geometry.stride.height, stride_width: geometry.stride.width,
            padding_height: geometry.padding.height - rows.lowerBound * geometry.stride.height,
            padding_width: geometry.padding.width, rows: rows.count, columns: size.columns,
            image_strides: (0, plane, size.width, 1), patch_strides: (0, 1, count))
        withUnsafePointer(to: windows) { ck_unfold_planes($0, source, target, false, 0, channels.count) }
        return MatrixOperand(target, stride: count)
    }

    /// y = f(W · columns + b)
    func forward(
        _ runtime: CPURuntime, _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, _ epilogue: ck_convolution_epilogue
    ) throws(DeviceError) {
        // 256 positions fill the products' panels and keep most windows in cache; fewer where threads would wait.
        let share = shape.images * shape.positions / (2 * runtime.pool.threadCount)
        let bands = Bands(shape, positions: max(64, min(256, share)))
        let perWorker = shape.geometry.isPointwise ? 0 : shape.window * bands.positions
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        runtime.pool.run(shape.images * bands.perImage) { task, worker in
            let (image, rows) = (task / bands.perImage, bands.rows(task % bands.perImage))
            let target = y + image * shape.outputs * shape.positions + rows.lowerBound * shape.columns
            let count = rows.count * shape.columns
            MatrixProduct(
                rows: shape.outputs, columns: count, depth: shape.window,
                a: MatrixOperand(weight, stride: max(1, shape.window)),
                b: columns(
                    x, image: image, channels: 0..<shape.channels, rows: rows,
                    in: scratch.floats + worker * perWorker),
                c: target, cStride: shape.positions
            ).compute(on: runtime)
            if epilogue.bias != nil || epilogue.rectifies {
                withUnsafePointer(to: epilogue) {
                    ck_convolution_finish($0, target, shape.outputs, count, shape.positions)
                }
            }
        }
    }

    /// dW (+)= Σ over images of dy · columnsᵀ. A task makes all of some columns, so that sums have one order.
    func weightGradient(
        _ runtime: CPURuntime, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, _ slot: GradientSlot
    ) throws(DeviceError) {
        // Each task reads all of dy: no more of them than the threads need, and at least 64 columns in each.
        let taskCount = 2 * runtime.pool.threadCount
        let perTask = max((63 + shape.elements) / shape.elements, (shape.channels + taskCount - 1) / taskCount)
        let bands = Bands(shape, positions: max(256, min(1024, 300_000 / (perTask * shape.elements))))
        let perWorker = shape.geometry.isPointwise ? 0 : perTask * shape.elements * bands.positions
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        let target = slot.view.floats
        if shape.images == 0 { runtime.fill(0, slot.view, slot.mode) }
        runtime.pool.run((shape.channels + perTask - 1) / perTask) { task, worker in
            let channels = task * perTask..<min(shape.channels, (task + 1) * perTask)
            for step in 0..<shape.images * bands.perImage {
                let (image, rows) = (step / bands.perImage, bands.rows(step % bands.perImage))
                let windows = columns(
                    x, image: image, channels: channels, rows: rows, in: scratch.floats + worker * perWorker)
                let start = image * shape.outputs * shape.positions + rows.lowerBound * shape.columns
                MatrixProduct(
                    rows: shape.outputs, columns: channels.count * shape.elements, depth: rows.count * shape.columns,
                    a: MatrixOperand(dy + start, stride: shape.positions),
                    b: MatrixOperand(windows.start, stride: windows.stride, isTransposed: true),
                    c: target + channels.lowerBound * shape.elements, cStride: shape.window,
                    beta: step == 0 && slot.mode == .overwrite ? 0 : 1
                ).compute(on: runtime)
            }
        }
    }

    /// Most values of windows that are held at once: 64 MB.
    private static let windowLimit = 16 << 20

    /// dx (+)= the windows Wᵀ · dy, put back into images, some images at a time.
    ///
    /// - Parameters:
    ///   - dy: [B, O, H′, W′], dense.
    ///   - weight: [O, C, kh, kw], dense.
    func imageGradient(
        _ runtime: CPURuntime, dy: BufferView, weight: BufferView, _ slot: GradientSlot
    ) throws(DeviceError) {
        let perImage = shape.window * shape.positions
        let atOnce = max(1, min(shape.images, Self.windowLimit / max(1, perImage)))
        let scratch = shape.geometry.isPointwise ? nil : try runtime.scratch(atOnce * perImage)
        for first in stride(from: 0, to: shape.images, by: atOnce) {
            let count = min(atOnce, shape.images - first)
            let turned = BufferView(
                buffer: weight.buffer, dtype: weight.dtype, offset: weight.offset,
                shape: [count, shape.window, shape.outputs], strides: [0, 1, shape.window])
            let cotangent = dy.images(from: first, [count, shape.outputs, shape.positions])
            guard let scratch else {
                let target = slot.view.images(from: first, [count, shape.channels, shape.positions])
                try runtime.matmul(turned, cotangent, target, scale: 1, mode: slot.mode)
                continue
            }
            let windows = BufferView(
                buffer: scratch, dtype: .float32, offset: 0, shape: [count, shape.positions, shape.window],
                strides: [perImage, 1, shape.positions])
            let columns = BufferView(
                buffer: scratch, dtype: .float32, offset: 0, shape: [count, shape.window, shape.positions],
                strides: [perImage, shape.positions, 1])
            try runtime.matmul(turned, cotangent, columns, scale: 1, mode: .overwrite)
            let target = slot.view.images(from: first, [count, shape.channels, shape.height, shape.width])
            runtime.fold(shape.geometry, windows, target, slot.mode)
        }
    }
}

extension BufferView {
    /// Some images of a dense view, in another shape with as many elements per image.
    fileprivate func images(from first: Int, _ shape: [Int]) -> BufferView {
        let strides = Shape(shape).contiguousStrides
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset + first * strides[0], shape: shape, strides: strides)
    }
}
