internal import CKernels
internal import SwiffuseTensor

/// The patches of an image as the rows of a matrix [B·N, C·p·p] that is nowhere in memory as a whole: products read or
/// write some of its rows in their core's cache.
struct PatchMatrix {
    private let layout: ck_patch_layout
    private let image: UnsafeMutablePointer<Float>
    /// Patches of all images.
    let rows: Int
    /// Values of a patch.
    let columns: Int

    /// - Parameter image: [B, C, H, W], dense.
    init(_ layout: PatchLayout, image: BufferView) {
        let (channels, size) = (image.shape[1], layout.size)
        self.layout = ck_patch_layout(
            channels: channels, rows: image.shape[2] / size, columns: image.shape[3] / size, size: size,
            channels_last: layout.order == .channelsLast)
        self.image = image.floats
        rows = image.shape[0] * self.layout.rows * self.layout.columns
        columns = channels * size * size
    }

    private func gather(
        _ patches: Range<Int>, _ values: Range<Int>, into target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        withUnsafePointer(to: layout) {
            ck_patch_rows(
                $0, image, target, stride, patches.lowerBound, patches.upperBound, values.lowerBound, values.upperBound)
        }
    }

    /// c (+)= patches · b, with c [rows, width].
    ///
    /// - Parameter epilogue: runs on each strip of c when it is computed.
    func multiply(
        _ runtime: CPURuntime, by b: MatrixOperand, into c: UnsafeMutablePointer<Float>, width: Int,
        _ mode: WriteMode = .overwrite, epilogue: (_ rows: Range<Int>, _ columns: Range<Int>) -> Void = { _, _ in }
    ) throws(DeviceError) {
        // Rows of a are gathered, not read.
        let product = MatrixProduct(
            rows: rows, columns: width, depth: columns, a: MatrixOperand(image, stride: 0), b: b, c: c,
            cStride: max(width, 1), beta: mode == .accumulate ? 1 : 0)
        try product.withPreparedB(on: runtime) { product throws(DeviceError) in
            let strips = ProductStrips(caching: product, makesRows: true, threadCount: runtime.pool.threadCount)
            try strips.run(on: runtime, epilogue: epilogue) { rows, values, piece, stride in
                gather(rows, values, into: piece, stride: stride)
            }
        }
    }

    /// patches (+)= a · b + bias, with a [rows, depth].
    func assign(
        _ runtime: CPURuntime, _ a: UnsafePointer<Float>, depth: Int, _ b: MatrixOperand, bias: UnsafePointer<Float>?,
        _ mode: WriteMode
    ) throws(DeviceError) {
        let product = MatrixProduct(
            rows: rows, columns: columns, depth: depth, a: MatrixOperand(a, stride: max(depth, 1)), b: b, c: image,
            cStride: max(columns, 1))
        try product.withPreparedB(on: runtime) { product throws(DeviceError) in
            let strips = ProductStrips(caching: product, makesRows: false, threadCount: runtime.pool.threadCount)
            let stride = MatrixProduct.rowStride(columns)
            try strips.run(on: runtime, numbersPerRow: stride) { rows, memory in
                runtime.product(
                    false, product.b.isTransposed, rows.count, columns, depth, 1,
                    product.a.droppingRows(rows.lowerBound), product.a.stride, product.b.start, product.b.stride, 0,
                    memory, stride)
                withUnsafePointer(to: layout) {
                    ck_patch_image(
                        $0, memory, stride, bias, image, mode == .accumulate, rows.lowerBound, rows.upperBound)
                }
            }
        }
    }

    /// A gradient of a weight by the patches.
    struct WeightGradient {
        /// patchesᵀ · b, [columns, width], or its transpose.
        let slot: GradientSlot
        let isTransposed: Bool
        /// [rows, width], dense.
        let b: UnsafePointer<Float>
        let width: Int
    }

    /// Gradients of the layer that made or read the patches: a product with all of them and their sums, as far as
    /// wanted.
    ///
    /// - Parameter sums: of each value over all patches, [columns].
    func gradients(_ runtime: CPURuntime, product: WeightGradient?, sums: GradientSlot? = nil) throws(DeviceError) {
        let width = product?.width ?? 0
        // Columns of the patches are gathered, not read.
        let strips = ProductStrips(
            caching: MatrixProduct(
                rows: columns, columns: width, depth: rows, a: MatrixOperand(image, stride: 0),
                b: MatrixOperand(product?.b ?? UnsafePointer(image), stride: max(width, 1)), c: image,
                cStride: max(width, 1)),
            makesRows: true, threadCount: runtime.pool.threadCount)
        let pieceStride = strips.scratchStride
        let resultStride = product?.isTransposed == true ? MatrixProduct.rowStride(width) : 0
        try strips.run(on: runtime, numbersPerRow: pieceStride + resultStride) { values, memory in
            let result = product.map { strip(of: $0, values, memory + values.count * pieceStride, resultStride) }
            // Without patches, once: results are written.
            for start in stride(from: 0, to: max(rows, 1), by: strips.block) {
                let patches = start..<min(rows, start + strips.block)
                withUnsafePointer(to: layout) {
                    ck_patch_columns(
                        $0, image, memory, pieceStride, patches.lowerBound, patches.upperBound, values.lowerBound,
                        values.upperBound)
                }
                if let sums {
                    ck_reduce_sum_rows(
                        memory, pieceStride, values.count, patches.count, sums.view.floats + values.lowerBound,
                        sums.mode == .accumulate || start > 0)
                }
                guard let product, let result else { continue }
                runtime.product(
                    false, false, values.count, width, patches.count, 1, memory, pieceStride, product.b + start * width,
                    max(width, 1), product.slot.mode == .accumulate || start > 0 ? 1 : 0, result.start, result.stride)
            }
            guard let product, let result, product.isTransposed else { return }
            ck_transpose(
                result.start, result.stride, product.slot.view.floats + values.lowerBound, columns, values.count, 0,
                width)
        }
    }

    /// Where some rows of a product are computed: in the gradient, or in memory where they are its columns.
    private func strip(
        of product: WeightGradient, _ values: Range<Int>, _ memory: UnsafeMutablePointer<Float>, _ stride: Int
    ) -> (start: UnsafeMutablePointer<Float>, stride: Int) {
        let (target, width) = (product.slot.view.floats, product.width)
        guard product.isTransposed else { return (target + values.lowerBound * width, max(width, 1)) }
        if product.slot.mode == .accumulate {
            ck_transpose(target + values.lowerBound, columns, memory, stride, width, 0, values.count)
        }
        return (memory, stride)
    }
}
