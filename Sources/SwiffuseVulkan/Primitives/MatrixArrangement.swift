internal import SwiffuseTensor

/// How the operands of a product reach the kernel: as they lie, or packed into rows of whole vectors first.
package struct MatrixArrangement {
    /// The kernel's names for the layouts.
    package enum Layout: UInt32, CaseIterable, Sendable {
        /// A by rows, B by rows.
        case rowsRows
        /// A by rows, B by columns.
        case rowsColumns
        /// A by columns, B by rows.
        case columnsRows
    }

    let layout: Layout
    let packsA: Bool
    let packsB: Bool

    init(_ a: BufferView, _ b: BufferView) {
        let (left, right) = (a.vectorOrder, b.vectorOrder)
        // Where vectors run along the depth, they must be whole.
        let hasWholeDepth = a.matrix.columns % 4 == 0
        let (aByRows, bByColumns) = (left.byRows && hasWholeDepth, right.byColumns && hasWholeDepth)
        switch (aByRows, left.byColumns, right.byRows, bByColumns) {
        case (true, _, true, _): self.init(.rowsRows)
        case (true, _, _, true): self.init(.rowsColumns)
        case (_, true, true, _): self.init(.columnsRows)
        case (true, _, false, false): self.init(.rowsRows, packsB: true)
        case (false, true, false, false): self.init(.columnsRows, packsB: true)
        case (false, _, true, _): self.init(.rowsRows, packsA: true)
        case (false, _, false, true): self.init(.rowsColumns, packsA: true)
        case (false, false, false, false): self.init(.rowsRows, packsA: true, packsB: true)
        }
    }

    private init(_ layout: Layout, packsA: Bool = false, packsB: Bool = false) {
        self.layout = layout
        self.packsA = packsA
        self.packsB = packsB
    }
}

extension BufferView {
    /// Whether rows, or columns, lie in memory as aligned whole vectors (the last one may be cut).
    var vectorOrder: (byRows: Bool, byColumns: Bool) {
        let (rows, columns, rowStride, columnStride) = matrix
        guard place % 4 == 0, strides.dropLast(2).allSatisfy({ $0 % 4 == 0 }) else { return (false, false) }
        return (
            (columnStride == 1 || columns == 1) && (rowStride % 4 == 0 || rows == 1),
            (rowStride == 1 || rows == 1) && (columnStride % 4 == 0 || columns == 1)
        )
    }
}
