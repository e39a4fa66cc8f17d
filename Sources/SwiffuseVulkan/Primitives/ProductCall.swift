internal import SwiffuseTensor

/// One launch of the tiled matrix product.
struct ProductCall {
    let a: BufferView
    let b: BufferView
    let output: BufferView
    let order: Order
    /// The extent that is summed over.
    let depth: Int
    let scale: Float
    let accumulates: Bool
    let epilogue: MatmulEpilogue
    let storedColumns: Int
    /// The tile in shared memory; nil leaves the choice to the profile.
    var tile: VulkanProfile.Tile?

    /// How A and B lie.
    enum Order {
        case matrices(MatrixArrangement.Layout)
        /// A and B are `Panels`, this deep in vectors.
        case panels(depthUnits: Int)

        /// The kernels' name for it.
        fileprivate var number: UInt32 {
            switch self {
            case .matrices(let layout): layout.rawValue
            case .panels: 3
            }
        }

        fileprivate var isPanels: Bool {
            if case .panels = self { true } else { false }
        }

        fileprivate func isLayout(_ layout: MatrixArrangement.Layout) -> Bool {
            if case .matrices(layout) = self { true } else { false }
        }
    }

    func record(on runtime: VulkanRuntime) throws(DeviceError) {
        let axes = BatchAxes([a, b, output])
        require(axes.fitsKernel, "matmul", "more than three batch axes remain")
        let limit = runtime.context.facts.workgroupLimit
        for first in stride(from: 0, to: axes.count, by: limit) {
            let count = min(limit, axes.count - first)
            let plan = plan(runtime.profile, runtime.context.facts, batches: count)
            for row in stride(from: 0, to: output.matrix.rows, by: limit * plan.rows) {
                let rows = row..<min(row + limit * plan.rows, output.matrix.rows)
                try record(plan, axes, batches: first..<first + count, rows: rows, on: runtime)
            }
        }
    }

    private func record(
        _ plan: Plan, _ axes: BatchAxes, batches: Range<Int>, rows: Range<Int>, on runtime: VulkanRuntime
    ) throws(DeviceError) {
        let columnGroups = (storedColumns + plan.columns - 1) / plan.columns
        require(columnGroups <= runtime.context.facts.workgroupLimit, "matmul", "too many columns: \(storedColumns)")
        let call = Dispatch(
            kernel: plan.kernel, constants: plan.constants,
            operands: [
                accumulates ? .updating(output) : .writing(output), .reading(a), .reading(b),
                .reading(epilogue.vector), .reading(matrix),
            ],
            parameters: words(axes, first: batches.lowerBound, rows: rows),
            groups: (columnGroups, (rows.count + plan.rows - 1) / plan.rows, batches.count),
            operations: 2 * rows.count * output.matrix.columns * depth * batches.count)
        try runtime.record(call)
    }

    /// What an epilogue reads beside the product, of the output's layout.
    private var matrix: BufferView? { accumulates ? output : epilogue.weights }

    /// The depth that the kernel walks along, in vectors.
    private var depthUnits: Int {
        switch order {
        case .matrices: (a.matrix.columns + 3) / 4
        case .panels(let depthUnits): depthUnits
        }
    }

    /// The kernel, its constants and its tile.
    private struct Plan {
        let kernel: Kernel
        let constants: [UInt32]
        let rows: Int
        let columns: Int
    }

    private func plan(_ profile: VulkanProfile, _ facts: DeviceFacts, batches: Int) -> Plan {
        switch profile.product {
        case .subgroup(let rows): subgroupPlan(rows, profile)
        case .sharedTiles(let tiles): tiledPlan(.matmulTiled, groupSize: 256, tiles, batches: batches)
        case .matrices(let tiles):
            tiledPlan(.matmulMatrices, groupSize: facts.matrices.groupSize, tiles, batches: batches)
        }
    }

    private func subgroupPlan(_ usualRows: Int, _ profile: VulkanProfile) -> Plan {
        // A lane holds four rows of A at most where A lies by columns.
        let largest = order.isLayout(.columnsRows) ? min(usualRows, 4 * profile.lanes) : usualRows
        // Few rows get a small tile: clamped rows cost as much as real ones. Panels are as wide as the usual one.
        let rows = output.matrix.rows <= 8 && !order.isPanels ? min(8, largest) : largest
        let steps = depthUnits % 2 == 0 ? 2 : 1
        require(depthUnits / steps < profile.loopLimit, "matmul", "a depth of \(depth) is too large")
        return Plan(
            kernel: .matmul,
            constants: [
                UInt32(profile.lanes), UInt32(rows), order.number, UInt32(steps), epilogue.number, accumulates.word,
                storesVectors.word, (depth % 4 == 0).word,
            ],
            rows: rows, columns: 4 * profile.lanes)
    }

    private func tiledPlan(
        _ kernel: Kernel, groupSize: Int, _ tiles: [VulkanProfile.Tile], batches: Int
    ) -> Plan {
        let tile =
            self.tile
            ?? TileChoice(
                tiles, rows: output.matrix.rows, columns: storedColumns, batches: batches, depth: nil
            ).tile
        return Plan(
            kernel: kernel,
            constants: [
                UInt32(groupSize), UInt32(tile.rows), order.number, UInt32(tile.columns), epilogue.number,
                accumulates.word,
            ],
            rows: tile.rows, columns: tile.columns)
    }

    /// Whether the output's rows lie in aligned whole vectors.
    private var storesVectors: Bool {
        output.place % 4 == 0 && (matrix?.place ?? 0) % 4 == 0 && storedColumns % 4 == 0
            && output.strides.dropLast().allSatisfy { $0 % 4 == 0 }
    }

    /// Elements of A from a row to the next, where a tile starts.
    private func aStep(stride: Int) -> Int {
        switch order {
        case .matrices(.columnsRows): 1
        case .matrices: stride
        case .panels(let depthUnits): 4 * depthUnits
        }
    }

    /// - Parameter rows: those of the output; the first is a multiple of a tile's rows.
    private func words(_ axes: BatchAxes, first: Int, rows: Range<Int>) -> PushWords {
        let aStride = order.isLayout(.columnsRows) ? a.matrix.columnStride : a.matrix.rowStride
        let bStride = order.isLayout(.rowsColumns) ? b.matrix.columnStride : b.matrix.rowStride
        let vector = epilogue.vector
        let skipped = rows.lowerBound
        let aStart = a.place + skipped * aStep(stride: aStride)
        let cStart = skipped * output.matrix.rowStride
        return PushWords(
            rows.count, output.matrix.columns, storedColumns, depth, depthUnits, scale, aStart / 4,
            b.place / 4, output.place + cStart, aStride / 4, bStride / 4, output.matrix.rowStride,
            (vector?.place ?? 0) + (epilogue.isByRow ? skipped : 0), epilogue.isByRow ? output.matrix.rows : 0,
            axes.innerExtents, axes.steps(0, dividedBy: 4), axes.steps(1, dividedBy: 4), axes.steps(2), first,
            (matrix?.place ?? 0) + cStart)
    }
}

extension MatmulEpilogue {
    fileprivate var number: UInt32 {
        switch self {
        case .none: 0
        case .bias: 1
        case .exponential: 2
        case .softmaxGradient: 3
        case .scaledRows: 4
        }
    }

    fileprivate var isByRow: Bool {
        switch self {
        case .none, .bias: false
        case .exponential, .softmaxGradient, .scaledRows: true
        }
    }

    fileprivate var vector: BufferView? {
        switch self {
        case .none: nil
        case .bias(let vector), .exponential(let vector), .scaledRows(let vector): vector
        case .softmaxGradient(_, let rows): rows
        }
    }

    fileprivate var weights: BufferView? {
        if case .softmaxGradient(let weights, _) = self { return weights }
        return nil
    }
}
