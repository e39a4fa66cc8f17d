internal import SwiffuseTensor

/// What happens to a product before it is stored.
enum MatmulEpilogue {
    case none
    /// Adds a vector by column: [columns].
    case bias(BufferView)
    /// e^(x − vector by row): a dense vector per matrix.
    case exponential(BufferView)
    /// matrix · (x − vector by row) · scale, x unscaled; the matrix lies like the output.
    case softmaxGradient(weights: BufferView, rows: BufferView)
    /// x · vector by row.
    case scaledRows(BufferView)
}

extension VulkanRuntime {
    func matmul(
        _ a: BufferView, _ b: BufferView, _ output: BufferView, scale: Float, mode: WriteMode
    ) throws(DeviceError) {
        let axes = BatchAxes([a, b, output])
        guard axes.fitsKernel else {
            // Each position of the outermost axis by itself.
            for index in 0..<output.shape[0] {
                try matmul(a.part(index), b.part(index), output.part(index), scale: scale, mode: mode)
            }
            return
        }
        let (rows, columns, depth) = (output.matrix.rows, output.matrix.columns, a.matrix.columns)
        if depth == 0 {
            try fill(0, output, mode)
        } else if output.matrix.columnStride != 1 || rows * columns * depth * axes.count <= Self.smallProduct {
            try matmulAny(a, b, output, axes, scale: scale, mode: mode)
        } else {
            try product(a, b, output, scale: scale, mode: mode)
        }
    }

    /// Multiplications below which tiles do not pay.
    private static let smallProduct = 1 << 14

    private func matmulAny(
        _ a: BufferView, _ b: BufferView, _ output: BufferView, _ axes: BatchAxes, scale: Float, mode: WriteMode
    ) throws(DeviceError) {
        let accumulates = mode == .accumulate
        let (left, right, result) = (a.matrix, b.matrix, output.matrix)
        try launch(
            .matmulAny, [accumulates.word],
            [
                accumulates ? .updating(output) : .writing(output), .reading(a), .reading(b),
                accumulates ? .reading(output) : nil,
            ],
            PushWords(
                output.count, result.rows, result.columns, left.columns, scale, a.place, b.place, output.place,
                left.rowStride, left.columnStride, right.rowStride, right.columnStride, result.rowStride,
                result.columnStride, axes.innerExtents, axes.steps(0), axes.steps(1), axes.steps(2)),
            invocations: output.count, operations: 2 * output.count * left.columns)
    }

    /// The tiled product; operands are copied first where that pays, or where their rows do not lie
    /// in whole vectors.
    ///
    /// - Parameters:
    ///   - a: its columns may outnumber the rows of `b`, up to a multiple of four, if it holds zeros there.
    ///   - storedColumns: columns to write; those past the output's own become 0. nil for its own alone.
    ///   - tile: the tile to take, of those that the profile's kernel can; nil leaves the choice to the profile.
    func product(
        _ a: BufferView, _ b: BufferView, _ output: BufferView, scale: Float, mode: WriteMode,
        epilogue: MatmulEpilogue = .none, storedColumns: Int? = nil, tile: VulkanProfile.Tile? = nil
    ) throws(DeviceError) {
        if output.count == 0 { return }
        let depth = b.matrix.rows
        let (a, b, order) = try arranged(a, b, storedColumns: storedColumns ?? output.matrix.columns)
        let call = ProductCall(
            a: a, b: b, output: output, order: order, depth: depth, scale: scale,
            accumulates: mode == .accumulate, epilogue: epilogue,
            storedColumns: storedColumns ?? output.matrix.columns, tile: tile)
        if let sliced = SlicedProduct(call, profile) {
            try sliced.record(on: self)
        } else {
            try call.record(on: self)
        }
    }

    /// The operands as the kernel reads them.
    private func arranged(
        _ a: BufferView, _ b: BufferView, storedColumns: Int
    ) throws(DeviceError) -> (a: BufferView, b: BufferView, order: ProductCall.Order) {
        do throws(DeviceError) {
            if let panels = try Panels(a, b, storedColumns: storedColumns, on: self) {
                return (panels.a, panels.b, .panels(depthUnits: panels.depthUnits))
            }
        } catch {
            // No room for the copies: slower without. A lost device says so again below.
        }
        let arrangement = MatrixArrangement(a, b)
        return (
            arrangement.packsA ? try packed(a) : a, arrangement.packsB ? try packed(b) : b,
            .matrices(arrangement.layout)
        )
    }

    /// The matrices with dense rows, filled up with zeros to whole vectors, in temporary memory.
    private func packed(_ view: BufferView) throws(DeviceError) -> BufferView {
        let axes = BatchAxes([view])
        guard axes.fitsKernel else { return try packed(try dense(view)) }
        let (rows, columns, rowStride, columnStride) = view.matrix
        let units = (columns + 3) / 4
        let target = try scratch(Array(view.shape.dropLast()) + [4 * units])
        let count = target.count / 4
        try launch(
            .pack, [], [.writing(target), .reading(view)],
            PushWords(
                count, rows, columns, units, target.place, view.place, rowStride, columnStride, axes.innerExtents,
                axes.steps(0)),
            invocations: count)
        return target
    }
}

extension BufferView {
    /// Position `index` of the outermost axis.
    fileprivate func part(_ index: Int) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset + index * strides[0], shape: Array(shape.dropFirst()),
            strides: Array(strides.dropFirst()))
    }
}
