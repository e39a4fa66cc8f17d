internal import SwiffuseTensor

/// One launch of the tiled matrix product.
struct ProductCall {
    let a: BufferView
    let b: BufferView
    let output: BufferView
    let layout: MatrixArrangement.Layout
    let scale: Float
    let accumulates: Bool
    let epilogue: MatmulEpilogue
    let storedColumns: Int

    func record(on runtime: VulkanRuntime) throws(DeviceError) {
        let axes = BatchAxes([a, b, output])
        require(axes.fitsKernel, "matmul", "more than three batch axes remain")
        let limit = runtime.context.facts.workgroupLimit
        for first in stride(from: 0, to: axes.count, by: limit) {
            try record(axes, first: first, count: min(limit, axes.count - first), on: runtime)
        }
    }

    private func record(
        _ axes: BatchAxes, first: Int, count: Int, on runtime: VulkanRuntime
    ) throws(DeviceError) {
        let plan = plan(runtime.profile, batches: count)
        let rowGroups = (output.matrix.rows + plan.rows - 1) / plan.rows
        require(rowGroups <= runtime.context.facts.workgroupLimit, "matmul", "too many rows: \(output.matrix.rows)")
        let call = Dispatch(
            kernel: plan.kernel, constants: plan.constants,
            operands: [
                accumulates ? .updating(output) : .writing(output), .reading(a), .reading(b),
                .reading(epilogue.vector), .reading(matrix),
            ],
            parameters: words(axes, first: first),
            groups: ((storedColumns + plan.columns - 1) / plan.columns, rowGroups, count),
            operations: 2 * output.matrix.rows * output.matrix.columns * b.matrix.rows * count)
        try runtime.record(call)
    }

    /// What an epilogue reads beside the product, of the output's layout.
    private var matrix: BufferView? { accumulates ? output : epilogue.weights }

    /// A's columns in vectors.
    private var depthUnits: Int { (a.matrix.columns + 3) / 4 }

    /// The kernel, its constants and its tile.
    private struct Plan {
        let kernel: Kernel
        let constants: [UInt32]
        let rows: Int
        let columns: Int
    }

    private func plan(_ profile: VulkanProfile, batches: Int) -> Plan {
        switch profile.product {
        case .subgroup(let rows): subgroupPlan(rows, profile)
        case .sharedTiles(let tiles): sharedPlan(tiles, batches: batches)
        }
    }

    private func subgroupPlan(_ usualRows: Int, _ profile: VulkanProfile) -> Plan {
        // A lane holds four rows of A at most where A lies by columns.
        let largest = layout == .columnsRows ? min(usualRows, 4 * profile.lanes) : usualRows
        // Few rows get a small tile: clamped rows cost as much as real ones.
        let rows = output.matrix.rows <= 8 ? min(8, largest) : largest
        let steps = depthUnits % 2 == 0 ? 2 : 1
        require(depthUnits / steps < profile.loopLimit, "matmul", "a depth of \(a.matrix.columns) is too large")
        return Plan(
            kernel: .matmul,
            constants: [
                UInt32(profile.lanes), UInt32(rows), layout.rawValue, UInt32(steps), epilogue.number, accumulates.word,
                storesVectors.word, (b.matrix.rows % 4 == 0).word,
            ],
            rows: rows, columns: 4 * profile.lanes)
    }

    private func sharedPlan(_ tiles: [VulkanProfile.Tile], batches: Int) -> Plan {
        func groups(_ tile: VulkanProfile.Tile) -> Int {
            (output.matrix.rows + tile.rows - 1) / tile.rows * ((storedColumns + tile.columns - 1) / tile.columns)
                * batches
        }
        guard let tile = tiles.first(where: { groups($0) >= $0.leastGroups }) ?? tiles.last else {
            fatalError("matmul: the profile names no tiles")
        }
        return Plan(
            kernel: .matmulTiled,
            constants: [
                256, UInt32(tile.rows), layout.rawValue, UInt32(tile.columns), epilogue.number, accumulates.word,
            ],
            rows: tile.rows, columns: tile.columns)
    }

    /// Whether the output's rows lie in aligned whole vectors.
    private var storesVectors: Bool {
        output.place % 4 == 0 && (matrix?.place ?? 0) % 4 == 0 && storedColumns % 4 == 0
            && output.strides.dropLast().allSatisfy { $0 % 4 == 0 }
    }

    private func words(_ axes: BatchAxes, first: Int) -> PushWords {
        let aStride = layout == .columnsRows ? a.matrix.columnStride : a.matrix.rowStride
        let bStride = layout == .rowsColumns ? b.matrix.columnStride : b.matrix.rowStride
        let vector = epilogue.vector
        return PushWords(
            output.matrix.rows, output.matrix.columns, storedColumns, b.matrix.rows, depthUnits, scale, a.place / 4,
            b.place / 4, output.place, aStride / 4, bStride / 4, output.matrix.rowStride, vector?.place ?? 0,
            epilogue.isByRow ? output.matrix.rows : 0, axes.innerExtents, axes.steps(0, dividedBy: 4),
            axes.steps(1, dividedBy: 4), axes.steps(2), first, matrix?.place ?? 0)
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
