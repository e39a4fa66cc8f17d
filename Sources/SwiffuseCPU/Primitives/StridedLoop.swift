internal import CKernels
internal import SwiffuseTensor

/// The common loop over an output and its inputs, with as few axes as the layouts allow.
///
/// Axes of extent 1 are dropped, and neighbours that lie in one line in every operand are merged, so that dense
/// operands of any rank
/// become one long run.
struct StridedLoop {
    private(set) var extents: [Int] = []
    /// Strides per operand (the output first), innermost axis last.
    private(set) var strides: [[Int]]

    /// All views have the output's shape.
    init(_ views: [BufferView]) {
        strides = Array(repeating: [], count: views.count)
        let shape = views[0].shape
        for axis in shape.indices where shape[axis] != 1 {
            let steps = views.map { $0.strides[axis] }
            if let last = extents.last, zip(strides, steps).allSatisfy({ $0.last == $1 * shape[axis] }) {
                extents[extents.count - 1] = last * shape[axis]
                for operand in strides.indices { strides[operand][extents.count - 1] = steps[operand] }
            } else {
                extents.append(shape[axis])
                for operand in strides.indices { strides[operand].append(steps[operand]) }
            }
        }
        if extents.isEmpty {
            extents = [1]
            strides = strides.map { _ in [1] }
        }
    }

    var count: Int { extents.reduce(1, *) }

    /// Calls `body` with the C form, valid during the call only.
    func withKernelLoop(_ body: (UnsafePointer<ck_loop>) -> Void) {
        let rank = extents.count
        let numbers = extents + strides.joined()
        numbers.withUnsafeBufferPointer { numbers in
            guard let start = numbers.baseAddress else { return }
            var loop = ck_loop()
            loop.rank = rank
            loop.extents = start
            let operands = (1...4).map { $0 <= strides.count ? start + $0 * rank : start + rank }
            loop.strides = (operands[0], operands[1], operands[2], operands[3])
            withUnsafePointer(to: loop, body)
        }
    }
}
