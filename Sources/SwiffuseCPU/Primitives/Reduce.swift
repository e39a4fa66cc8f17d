internal import CKernels
internal import SwiffuseTensor

extension CPURuntime {
    func reduce(_ reduction: Reduction, _ x: BufferView, _ output: BufferView, _ mode: WriteMode) {
        let plan = ReductionPlan(x, output)
        if plan.groupSize == 0 {
            fill(reduction == .maximum ? -.infinity : 0, output, mode)
        } else if let columns = plan.columns {
            reduceColumns(reduction, plan, columns, x.floats, output.floats, mode)
        } else if plan.keptCount < 4 && plan.groupSize > Self.longGroup {
            reduceLongGroups(reduction, plan, x.floats, output.floats, mode)
        } else {
            reduceGroups(reduction, plan, x.floats, output.floats, mode)
        }
    }

    /// Elements of a piece when a single sum is spread over the threads; fixed, so that the result is.
    private static let longGroup = 65536

    private func reduceColumns(
        _ reduction: Reduction, _ plan: ReductionPlan, _ columns: Int, _ source: UnsafePointer<Float>,
        _ target: UnsafeMutablePointer<Float>, _ mode: WriteMode
    ) {
        let width = 128
        let blocks = (columns + width - 1) / width
        plan.withKernelAxes { axes in
            pool.run(plan.keptCount / columns * blocks) { task, _ in
                let start = plan.offsets(of: task / blocks * columns)
                let first = task % blocks * width
                ck_reduce_columns(
                    reduction.kernel, axes, source + start.source + first, min(width, columns - first),
                    target + start.target + first, mode == .accumulate)
            }
        }
    }

    private func reduceGroups(
        _ reduction: Reduction, _ plan: ReductionPlan, _ source: UnsafePointer<Float>,
        _ target: UnsafeMutablePointer<Float>, _ mode: WriteMode
    ) {
        plan.withKernelAxes { axes in
            pool.run(over: plan.keptCount, grain: max(1, Self.elementGrain / plan.groupSize)) { range in
                for group in range {
                    let place = plan.offsets(of: group)
                    let value = ck_reduce_group(reduction.kernel, axes, source + place.source, 0, plan.groupSize)
                    (target + place.target).put(Float(value), mode)
                }
            }
        }
    }

    private func reduceLongGroups(
        _ reduction: Reduction, _ plan: ReductionPlan, _ source: UnsafePointer<Float>,
        _ target: UnsafeMutablePointer<Float>, _ mode: WriteMode
    ) {
        let pieces = (plan.groupSize + Self.longGroup - 1) / Self.longGroup
        for group in 0..<plan.keptCount {
            let place = plan.offsets(of: group)
            let parts = [Double](unsafeUninitializedCapacity: pieces) { parts, initialized in
                guard let results = parts.baseAddress else { return }
                plan.withKernelAxes { axes in
                    pool.run(pieces) { piece, _ in
                        let first = piece * Self.longGroup
                        results[piece] = ck_reduce_group(
                            reduction.kernel, axes, source + place.source, first,
                            min(plan.groupSize, first + Self.longGroup))
                    }
                }
                initialized = pieces
            }
            let total = reduction == .maximum ? parts.reduce(-.infinity, larger) : parts.reduce(0, +)
            (target + place.target).put(Float(total), mode)
        }
    }
}

/// NaN wins, so that a diverged value is seen.
private func larger(_ a: Double, _ b: Double) -> Double { b > a || b.isNaN ? b : a }

extension UnsafeMutablePointer<Float> {
    fileprivate func put(_ value: Float, _ mode: WriteMode) {
        switch mode {
        case .overwrite: pointee = value
        case .accumulate: pointee += value
        }
    }
}

extension Reduction {
    fileprivate var kernel: ck_reduction {
        switch self {
        case .sum: ck_reduce_sum
        case .maximum: ck_reduce_maximum
        case .sumOfSquares: ck_reduce_sum_of_squares
        }
    }
}

/// Which axes stay and which are reduced, each merged as far as the layout allows.
private struct ReductionPlan {
    private var kept: [(extent: Int, source: Int, target: Int)] = []
    private var reduced: [(extent: Int, source: Int)] = []

    init(_ x: BufferView, _ output: BufferView) {
        for axis in x.shape.indices where x.shape[axis] != 1 {
            let (extent, step, outputStep) = (x.shape[axis], x.strides[axis], output.strides[axis])
            if output.shape[axis] == extent {
                if let last = kept.last, last.source == step * extent, last.target == outputStep * extent {
                    kept[kept.count - 1] = (last.extent * extent, step, outputStep)
                } else {
                    kept.append((extent, step, outputStep))
                }
            } else if let last = reduced.last, last.source == step * extent {
                reduced[reduced.count - 1] = (last.extent * extent, step)
            } else {
                reduced.append((extent, step))
            }
        }
        if reduced.isEmpty { reduced = [(1, 1)] }
    }

    var keptCount: Int { kept.reduce(1) { $0 * $1.extent } }
    var groupSize: Int { reduced.reduce(1) { $0 * $1.extent } }

    /// Length of the innermost kept axis, if both sides are dense along it and the reduced axes are not: a sum over
    /// rows.
    var columns: Int? {
        guard let last = kept.last, last.source == 1, last.target == 1, last.extent >= 8,
            groupSize > 1, reduced[reduced.count - 1].source != 1
        else { return nil }
        return last.extent
    }

    /// Where a kept element (row-major number) starts in the input and lies in the output.
    func offsets(of element: Int) -> (source: Int, target: Int) {
        var (rest, source, target) = (element, 0, 0)
        for axis in kept.reversed() {
            let position = rest % axis.extent
            rest /= axis.extent
            source += position * axis.source
            target += position * axis.target
        }
        return (source, target)
    }

    /// Calls `body` with the C form of the reduced axes, valid during the call only.
    func withKernelAxes(_ body: (UnsafePointer<ck_reduced_axes>) -> Void) {
        let numbers = reduced.map(\.extent) + reduced.map(\.source)
        numbers.withUnsafeBufferPointer { numbers in
            guard let start = numbers.baseAddress else { return }
            let axes = ck_reduced_axes(rank: reduced.count, extents: start, strides: start + reduced.count)
            withUnsafePointer(to: axes, body)
        }
    }
}
