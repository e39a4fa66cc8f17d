internal import SwiffuseTensor

/// The leading axes of batched matrices, merged as far as the layouts allow: at most three for a kernel's parameters.
struct BatchAxes {
    private(set) var extents: [Int] = []
    /// Strides by operand.
    private(set) var strides: [[Int]]

    /// Axes in a kernel's parameter block.
    static let largestRank = 3

    /// - Parameter views: of equal leading axes; the last two are the matrices.
    init(_ views: [BufferView]) {
        strides = Array(repeating: [], count: views.count)
        let rank = views[0].shape.count
        for axis in 0..<rank - 2 where views[0].shape[axis] != 1 {
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
    }

    var count: Int { extents.reduce(1, *) }
    var fitsKernel: Bool { extents.count <= Self.largestRank }

    /// The extents of the two inner axes.
    var innerExtents: [Int] { Array((Array(repeating: 1, count: 3) + extents).suffix(2)) }

    /// An operand's strides, outermost first, divided by `unit`.
    func steps(_ operand: Int, dividedBy unit: Int = 1) -> [Int] {
        Array((Array(repeating: 0, count: 3) + strides[operand]).suffix(3)).map { $0 / unit }
    }
}

extension BufferView {
    /// Rows and columns of the matrices, and the strides along them.
    var matrix: (rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
        let rank = shape.count
        return (shape[rank - 2], shape[rank - 1], strides[rank - 2], strides[rank - 1])
    }
}
