internal import SwiffuseTensor

/// One matrix product with few tiles and great depth, such as a weight's gradient: the depth is cut into slices whose
/// products run side by side, and their sum follows in order, the same in every run.
struct SlicedProduct {
    private let call: ProductCall
    private let choice: TileChoice

    /// nil if the profile does not want the product to be cut.
    init?(_ call: ProductCall, _ profile: VulkanProfile) {
        guard let tiles = profile.product.tiles, call.tile == nil, case .none = call.epilogue,
            call.storedColumns == call.output.matrix.columns,
            call.output.count == call.output.matrix.rows * call.output.matrix.columns
        else { return nil }
        let choice = TileChoice(
            tiles, rows: call.output.matrix.rows, columns: call.output.matrix.columns, batches: 1,
            depth: call.depth)
        if choice.slices == 1 { return nil }
        self.call = call
        self.choice = choice
    }

    /// Slices are multiples of what a workgroup reads at once.
    private static let granule = 16

    func record(on runtime: VulkanRuntime) throws(DeviceError) {
        let depth = call.depth
        let length = (depth + choice.slices * Self.granule - 1) / (choice.slices * Self.granule) * Self.granule
        let whole = depth / length
        let count = (depth + length - 1) / length
        let (rows, columns) = (call.output.matrix.rows, call.output.matrix.columns)
        let partial = try runtime.scratch([count, rows, columns])
        let (a, b) = (
            call.a.slices(of: length, axis: 1, count: whole), call.b.slices(of: length, axis: 0, count: whole)
        )
        try product(a, b, partial.outermost(0..<whole), on: runtime)
        if whole < count {
            let start = whole * length
            try product(
                call.a.rest(from: start, axis: 1), call.b.rest(from: start, axis: 0), partial.outermost(whole..<count),
                on: runtime)
        }
        try runtime.reduce(
            .sum, partial, call.output.matrices(1, apart: 0), call.accumulates ? .accumulate : .overwrite)
    }

    private func product(
        _ a: BufferView, _ b: BufferView, _ output: BufferView, on runtime: VulkanRuntime
    ) throws(DeviceError) {
        var slice = ProductCall(
            a: a, b: b, output: output, order: call.order, depth: b.matrix.rows, scale: call.scale,
            accumulates: false, epilogue: .none, storedColumns: call.storedColumns)
        slice.tile = choice.tile
        try slice.record(on: runtime)
    }
}

extension BufferView {
    /// The one matrix of this view as several, a distance apart, [count, rows, columns].
    fileprivate func matrices(_ count: Int, apart distance: Int) -> BufferView {
        let (rows, columns, rowStride, columnStride) = matrix
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset, shape: [count, rows, columns],
            strides: [distance, rowStride, columnStride])
    }

    /// Neighbouring slices of this view's matrix: `length` rows (axis 0) or columns (axis 1) each.
    fileprivate func slices(of length: Int, axis: Int, count: Int) -> BufferView {
        let view = matrices(count, apart: length * (axis == 0 ? matrix.rowStride : matrix.columnStride))
        var shape = view.shape
        shape[1 + axis] = length
        return BufferView(buffer: buffer, dtype: dtype, offset: offset, shape: shape, strides: view.strides)
    }

    /// The rows (axis 0) or columns (axis 1) of this view's matrix from `start` on.
    fileprivate func rest(from start: Int, axis: Int) -> BufferView {
        let view = matrices(1, apart: 0)
        var shape = view.shape
        shape[1 + axis] -= start
        return BufferView(
            buffer: buffer, dtype: dtype, offset: offset + start * view.strides[1 + axis], shape: shape,
            strides: view.strides)
    }

    /// Some positions of the outermost axis.
    fileprivate func outermost(_ range: Range<Int>) -> BufferView {
        BufferView(
            buffer: buffer, dtype: dtype, offset: offset + range.lowerBound * strides[0],
            shape: [range.count] + shape.dropFirst(), strides: strides)
    }
}
