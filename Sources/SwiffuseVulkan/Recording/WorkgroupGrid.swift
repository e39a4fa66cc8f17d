/// A box of workgroups: those that a dispatch runs, or a part of them.
package struct WorkgroupGrid: Hashable, Sendable {
    /// The first workgroup, and how many there are, along x, y and z.
    package private(set) var start = SIMD3<Int>()
    package private(set) var counts: SIMD3<Int>

    package init(_ x: Int, _ y: Int, _ z: Int) { counts = SIMD3(x, y, z) }

    package var count: Int { counts.x * counts.y * counts.z }

    /// Boxes of at most `limit` workgroups, in order; of one row along x where rows cannot be cut.
    ///
    /// Only a grid of rows that stand alone is cut along x: kernels number folded workgroups by the length of a row.
    package func parts(ofAtMost limit: Int) -> [WorkgroupGrid] {
        if count <= limit { return [self] }
        if counts.z > 1 {
            return cut(axis: 2, into: limit / (counts.x * counts.y)).flatMap { $0.parts(ofAtMost: limit) }
        }
        return counts.y > 1 ? cut(axis: 1, into: limit / counts.x) : cut(axis: 0, into: limit)
    }

    /// Parts that are `length` long, at least 1, along an axis.
    private func cut(axis: Int, into length: Int) -> [WorkgroupGrid] {
        stride(from: 0, to: counts[axis], by: max(1, length)).map { first in
            var part = self
            part.start[axis] += first
            part.counts[axis] = min(max(1, length), counts[axis] - first)
            return part
        }
    }
}
