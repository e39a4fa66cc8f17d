internal import SwiffuseTensor

/// The common loop over an output and its inputs, with as few axes as the layouts allow: axes of extent 1 are dropped,
/// neighbours that lie in one line in every operand are merged.
struct LoopAxes {
    private(set) var extents: [Int]
    /// Strides by operand; the output comes first.
    private(set) var strides: [[Int]]
    /// Positions of the first elements in their blocks.
    private(set) var places: [Int]

    init(_ views: [BufferView]) {
        extents = []
        strides = Array(repeating: [], count: views.count)
        places = views.map(\.place)
        for axis in views[0].shape.indices where views[0].shape[axis] != 1 {
            let extent = views[0].shape[axis]
            let last = extents.count - 1
            let merges = last >= 0 && views.indices.allSatisfy { strides[$0][last] == views[$0].strides[axis] * extent }
            if merges {
                extents[last] *= extent
                for operand in views.indices { strides[operand][last] = views[operand].strides[axis] }
            } else {
                extents.append(extent)
                for operand in views.indices { strides[operand].append(views[operand].strides[axis]) }
            }
        }
        if extents.isEmpty {
            extents = [1]
            strides = Array(repeating: [0], count: views.count)
        }
    }

    var rank: Int { extents.count }
    var count: Int { extents.reduce(1, *) }

    /// The loops over the inner `limit` axes, one for each position along the outer ones.
    func split(toRank limit: Int) -> [LoopAxes] {
        if rank <= limit { return [self] }
        return (0..<extents[0]).flatMap { position in
            var inner = self
            inner.extents.removeFirst()
            for operand in strides.indices {
                inner.places[operand] += position * strides[operand][0]
                inner.strides[operand].removeFirst()
            }
            return inner.split(toRank: limit)
        }
    }

    /// Whether the last axis can be walked four elements at a time: the output lies in whole aligned vectors, each input
    /// too or as one element that repeats.
    var isVectorizable: Bool {
        guard let last = extents.last, last % 4 == 0, strides[0].last == 1 else { return false }
        return strides.indices.allSatisfy { operand in
            if strides[operand].last == 0 { return true }
            return strides[operand].last == 1 && places[operand] % 4 == 0
                && strides[operand].dropLast().allSatisfy { $0 % 4 == 0 }
        }
    }

    /// Bit i is set if input i repeats one element along the last axis.
    var repeatedInputs: UInt32 {
        var bits: UInt32 = 0
        for operand in strides.indices.dropFirst() where strides[operand].last == 0 { bits |= 1 << (operand - 1) }
        return bits
    }

    /// The same loop with the last axis counted in vectors.
    var inVectors: LoopAxes {
        var result = self
        result.extents[rank - 1] /= 4
        for operand in strides.indices { result.strides[operand][rank - 1] *= 4 }
        return result
    }

    /// Extents filled up to `rank` for a parameter block.
    func extents(paddedTo rank: Int) -> [Int] { extents + Array(repeating: 1, count: rank - extents.count) }

    /// Strides by operand filled up to `rank` axes and `count` operands.
    func strides(paddedTo rank: Int, operands count: Int) -> [Int] {
        (0..<count).flatMap { operand in
            (0..<rank).map { operand < strides.count && $0 < self.rank ? strides[operand][$0] : 0 }
        }
    }

    /// Places filled up to `count` operands.
    func places(paddedTo count: Int) -> [Int] { places + Array(repeating: 0, count: count - places.count) }
}
