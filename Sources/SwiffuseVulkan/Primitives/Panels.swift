internal import SwiffuseTensor

/// A product's operands copied into panels, in the order in which workgroups read them.
///
/// A workgroup that walks down the rows of a large matrix visits a page for each of them. Where a processor plays the GPU, more
/// pages than its translation buffers hold cost more than the arithmetic.
struct Panels {
    /// [panels, elements of a panel]
    let a: BufferView
    let b: BufferView
    /// In vectors, a multiple of the kernel's steps.
    let depthUnits: Int

    /// nil where copies do not pay, or the profile's kernel does not read panels.
    ///
    /// - Parameters:
    ///   - a: its columns may outnumber the rows of `b`, if it holds zeros there.
    ///   - storedColumns: columns that the product writes.
    init?(_ a: BufferView, _ b: BufferView, storedColumns: Int, on runtime: VulkanRuntime) throws(DeviceError) {
        let profile = runtime.profile
        guard case .subgroup(let rows) = profile.product, let rule = profile.panels,
            a.walk(axis: 1) + b.walk(axis: 0) > rule.longestWalk, a.isOneMatrix, b.isOneMatrix
        else { return nil }
        let columns = 4 * profile.lanes
        let (aCount, bCount) = ((a.matrix.rows + rows - 1) / rows, (storedColumns + columns - 1) / columns)
        guard min(aCount, bCount) >= rule.leastTiles, max(aCount, bCount) <= runtime.context.facts.workgroupLimit
        else { return nil }
        depthUnits = (a.matrix.columns + 7) / 8 * 2
        self.a = try runtime.panels(a, PanelShape(byRows: true, width: rows, count: aCount, units: depthUnits))
        self.b = try runtime.panels(
            b, PanelShape(byRows: false, width: profile.lanes, count: bCount, units: 4 * depthUnits))
    }
}

/// How a matrix is cut into panels.
private struct PanelShape {
    /// A panel is `width` rows, else 4 · `width` columns.
    let byRows: Bool
    let width: Int
    let count: Int
    /// Vectors of columns, else rows.
    let units: Int
}

extension VulkanRuntime {
    fileprivate func panels(_ view: BufferView, _ shape: PanelShape) throws(DeviceError) -> BufferView {
        let (rows, columns, rowStride, columnStride) = view.matrix
        let target = try scratch([shape.count, 4 * shape.units * shape.width])
        let size = max(profile.groupSize, shape.width)
        let unitsPerGroup = Self.unitsPerInvocation * (size / shape.width)
        let call = Dispatch(
            kernel: .panels,
            constants: [
                UInt32(size), shape.byRows.word, UInt32(shape.width), view.vectorOrder.byRows.word,
                UInt32(Self.unitsPerInvocation),
            ],
            operands: [.writing(target), .reading(view)],
            parameters: PushWords(rows, columns, shape.units, target.place, view.place, rowStride, columnStride),
            groups: ((shape.units + unitsPerGroup - 1) / unitsPerGroup, shape.count, 1))
        try record(call)
        return target
    }

    private static let unitsPerInvocation = 8
}

extension BufferView {
    fileprivate var isOneMatrix: Bool { count == matrix.rows * matrix.columns }

    /// Bytes between the first and the last element along an axis of the matrix, 0 where it is dense.
    fileprivate func walk(axis: Int) -> Int {
        let (extent, stride) = axis == 0 ? (matrix.rows, matrix.rowStride) : (matrix.columns, matrix.columnStride)
        return stride == 1 ? 0 : (extent - 1) * stride * MemoryLayout<Float>.stride
    }
}
