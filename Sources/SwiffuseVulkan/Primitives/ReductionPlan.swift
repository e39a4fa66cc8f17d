internal import SwiffuseTensor

/// Which axes stay and which are reduced, each merged as far as the layout allows.
struct ReductionPlan {
    struct Kept {
        var extent: Int
        var source: Int
        var target: Int
    }

    struct Reduced {
        var extent: Int
        var source: Int
    }

    private(set) var kept: [Kept] = []
    private(set) var reduced: [Reduced] = []
    private var sourcePlace: Int
    private var targetPlace: Int

    /// Axes of each kind in the kernel's parameter block.
    private static let largestRank = 3

    init(_ x: BufferView, _ output: BufferView) {
        sourcePlace = x.place
        targetPlace = output.place
        for axis in x.shape.indices where x.shape[axis] != 1 {
            let (extent, step, target) = (x.shape[axis], x.strides[axis], output.strides[axis])
            if output.shape[axis] == extent {
                if let last = kept.last, last.source == step * extent, last.target == target * extent {
                    kept[kept.count - 1] = Kept(extent: last.extent * extent, source: step, target: target)
                } else {
                    kept.append(Kept(extent: extent, source: step, target: target))
                }
            } else if let last = reduced.last, last.source == step * extent {
                reduced[reduced.count - 1] = Reduced(extent: last.extent * extent, source: step)
            } else {
                reduced.append(Reduced(extent: extent, source: step))
            }
        }
        if kept.isEmpty { kept = [Kept(extent: 1, source: 0, target: 0)] }
        if reduced.isEmpty { reduced = [Reduced(extent: 1, source: 0)] }
    }

    var groupCount: Int { kept.reduce(1) { $0 * $1.extent } }
    var groupSize: Int { reduced.reduce(1) { $0 * $1.extent } }
    var fitsKernel: Bool { kept.count <= Self.largestRank && reduced.count <= Self.largestRank }

    /// The same groups with results [pieces, groups] densely from a place on.
    func storingDensely(at place: Int) -> ReductionPlan {
        var result = self
        result.targetPlace = place
        var stride = 1
        for axis in kept.indices.reversed() {
            result.kept[axis].target = stride
            stride *= kept[axis].extent
        }
        return result
    }

    /// The second pass: the pieces of each group, [pieces, groups] densely from a place on, to the first pass's results.
    func reducingPieces(_ count: Int, at place: Int) -> ReductionPlan {
        var result = self
        result.sourcePlace = place
        var stride = 1
        for axis in kept.indices.reversed() {
            result.kept[axis].source = stride
            stride *= kept[axis].extent
        }
        result.reduced = [Reduced(extent: count, source: groupCount)]
        return result
    }

    /// Whether the kernel can read four elements at once: of a group that is spread over lanes, or of four groups.
    func isVectorizable(isSpread: Bool, _ pieceSize: Int, _ pieceStride: Int) -> Bool {
        guard sourcePlace % 4 == 0 else { return false }
        if isSpread {
            return reduced.count == 1 && reduced[0].source == 1 && groupSize % 4 == 0 && pieceSize % 4 == 0
                && kept.allSatisfy { $0.source % 4 == 0 }
        }
        guard let last = kept.last else { return false }
        return last.source == 1 && last.target == 1 && last.extent % 4 == 0 && targetPlace % 4 == 0
            && pieceStride % 4 == 0 && reduced.allSatisfy { $0.source % 4 == 0 }
            && kept.dropLast().allSatisfy { $0.source % 4 == 0 && $0.target % 4 == 0 }
    }

    /// The kernel's parameter block.
    func words(_ pieceSize: Int, _ pieceCount: Int, _ pieceStride: Int) -> PushWords {
        func padded(_ values: [Int], with filler: Int) -> [Int] {
            values + Array(repeating: filler, count: Self.largestRank - values.count)
        }
        return PushWords(
            groupCount, groupSize, pieceSize, pieceCount, sourcePlace, targetPlace, pieceStride,
            padded(kept.map(\.extent), with: 1), padded(kept.map(\.source), with: 0),
            padded(kept.map(\.target), with: 0), padded(reduced.map(\.extent), with: 1),
            padded(reduced.map(\.source), with: 0))
    }
}
