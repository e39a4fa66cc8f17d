internal import SwiffuseTensor

extension OpCase {
    /// Every primitive, dense, strided, broadcast, on odd sizes, and large enough once to be cut into tasks.
    static var primitives: [OpCase] { unary + binary + views + reductions + products + rowsAndWindows }

    private static var unary: [OpCase] {
        let shape: Shape = [7, 13]
        return [
            OpCase("exponential", [.normal(shape)]) { [$0[0].exp()] },
            OpCase("logarithm", [.uniform(shape, 0.5...4)]) { [$0[0].log()] },
            OpCase("square-root", [.uniform(shape, 0.5...4)]) { [$0[0].squareRoot()] },
            OpCase("reciprocal-square-root", [.uniform(shape, 0.5...4)]) { [$0[0].reciprocalSquareRoot()] },
            OpCase("reciprocal", [.uniform(shape, 0.5...4)]) { [$0[0].reciprocal()] },
            OpCase("square", [.normal(shape)]) { [$0[0].squared()] },
            OpCase("absolute", [.uniform(shape, 0.5...4)]) { [$0[0].absolute(), (-$0[0]).absolute()] },
            OpCase("sine-cosine", [.normal(shape)]) { [$0[0].sin(), $0[0].cos()] },
            OpCase("tanh", [.uniform(shape, -3...3)]) { [$0[0].tanh()] },
            OpCase("sigmoid", [.uniform(shape, -9...9)]) { [$0[0].sigmoid()] },
            OpCase("silu", [.uniform(shape, -9...9)]) { [$0[0].silu()] },
            OpCase("error-function", [.uniform(shape, -3...3)]) { [$0[0].errorFunction()] },
            OpCase("affine", [.normal(shape)]) { [$0[0] * 3 - 2] },
            OpCase("clamp", [.constant(shape)]) { [$0[0].clamped(lower: -0.5, upper: 0.75)] },
            OpCase("silu, strided", [.normal([13, 7])]) { [$0[0].transposed().silu()] },
            OpCase("exponential, large", [.normal([301, 257])]) { [$0[0].exp()] },
        ]
    }

    private static var binary: [OpCase] {
        let shape: Shape = [3, 5, 17]
        return [
            OpCase("add", [.normal(shape), .normal(shape)]) { [$0[0] + $0[1]] },
            OpCase("subtract, broadcast row", [.normal(shape), .normal([17])]) { [$0[0] - $0[1]] },
            OpCase("multiply, broadcast column", [.normal(shape), .normal([5, 1])]) { [$0[0] * $0[1]] },
            OpCase("multiply, outer", [.normal([7, 1]), .normal([1, 9])]) { [$0[0] * $0[1]] },
            OpCase("divide, scalar", [.normal(shape), .uniform([], 1...2)]) { [$0[0] / $0[1]] },
            OpCase("divide", [.normal(shape), .uniform(shape, 1...2)]) { [$0[0] / $0[1]] },
            OpCase("maximum-minimum", [.constant(shape), .constant(shape)]) {
                [Tensor.maximum($0[0], $0[1]), Tensor.minimum($0[0], $0[1])]
            },
            OpCase("comparisons", [.constant(shape), .constant(shape)]) {
                [$0[0].isLess(than: $0[1]), $0[0].isLessOrEqual(to: $0[0]), $0[0].isEqual(to: $0[1])]
            },
            OpCase("select", [.constant(shape), .normal(shape), .normal([17])]) {
                [$0[0].isLess(than: $0[0] * 0).select($0[1], else: $0[2])]
            },
            OpCase("add, strided", [.normal([17, 5]), .normal([5, 17])]) { [$0[0].transposed() + $0[1]] },
            OpCase("multiply, large", [.normal([129, 517]), .normal([517])]) { [$0[0] * $0[1]] },
        ]
    }

    private static var views: [OpCase] {
        [
            OpCase("copy, transposed", [.normal([37, 53])]) { [$0[0].transposed().contiguous()] },
            OpCase("copy, permuted", [.normal([3, 5, 11, 9])]) { [$0[0].permuted(to: [2, 0, 3, 1]).contiguous()] },
            OpCase("copy, heads", [.normal([2, 33, 3, 16])]) { [$0[0].permuted(to: [0, 2, 1, 3]).contiguous()] },
            OpCase("copy, sliced", [.normal([5, 19])]) { [$0[0].sliced(along: 1, 3..<12).contiguous()] },
            OpCase("concatenate", [.normal([3, 4]), .normal([3, 9])]) { [Tensor.concatenated($0, along: 1)] },
            OpCase("chunk", [.normal([4, 15])]) { $0[0].chunked(into: 3, along: 1) },
            OpCase("cast", [.constant([7, 13])]) {
                [($0[0] * 300).cast(to: .int32).cast(to: .float32), ($0[0] * 300).cast(to: .uint8).cast(to: .float32)]
            },
            OpCase("cast, float16", [.constant([7, 13])]) {
                [
                    ($0[0] * 300).cast(to: .float16).cast(to: .float32),
                    ($0[0] * 1e-6).cast(to: .float16).cast(to: .float32),
                    ($0[0] * 300).cast(to: .float16).transposed().contiguous().cast(to: .float32),
                    ($0[0] * 300).cast(to: .float16).sliced(along: 1, 3..<12).cast(to: .int32).cast(to: .float16)
                        .cast(to: .float32),
                ]
            },
            OpCase("fill", [.constant([1])]) { [Tensor.filled(2.5, shape: [3, 7], on: $0[0].device)] },
            OpCase("empty", [.normal([0, 5])]) { [$0[0] * 2, $0[0].sum(over: [0])] },
        ]
    }

    private static var reductions: [OpCase] {
        [
            OpCase("sum, last axis", [.normal([7, 33])]) { [$0[0].sum(over: [-1])] },
            OpCase("sum, first axis", [.normal([133, 19])]) { [$0[0].sum(over: [0])] },
            OpCase("sum, middle axis", [.normal([3, 21, 19])]) { [$0[0].sum(over: [1])] },
            OpCase("sum, outer axes", [.normal([3, 21, 19])]) { [$0[0].sum(over: [0, 2])] },
            OpCase("sum, strided", [.normal([21, 19])]) { [$0[0].transposed().sum(over: [1], axes: .kept)] },
            OpCase("sum, everything", [.normal([257, 301])], tolerance: 10) { [$0[0].sum()] },
            OpCase("sum of squares, large", [.constant([257, 301])]) { [$0[0].sumOfSquares()] },
            OpCase("mean", [.normal([5, 7, 9])]) { [$0[0].mean(over: [1, 2])] },
            OpCase("maximum, last axis", [.constant([7, 33])]) { [$0[0].maximum(over: [-1])] },
            OpCase("maximum, first axis", [.constant([33, 17])]) { [$0[0].maximum(over: [0])] },
            OpCase("sum of squares", [.normal([17, 31])]) { [$0[0].sumOfSquares()] },
        ]
    }

    private static var products: [OpCase] {
        [
            OpCase("matmul", [.normal([13, 17]), .normal([17, 11])]) { [$0[0].matmul($0[1])] },
            OpCase("matmul, transposed", [.normal([17, 13]), .normal([11, 17])]) {
                [$0[0].transposed().matmul($0[1].transposed(), scale: 0.25)]
            },
            OpCase("matmul, batched", [.normal([2, 3, 5, 7]), .normal([2, 3, 7, 9])]) { [$0[0].matmul($0[1])] },
            OpCase("matmul, shared right", [.normal([4, 5, 7]), .normal([7, 9])]) { [$0[0].matmul($0[1])] },
            OpCase("matmul, shared left", [.normal([5, 7]), .normal([4, 7, 9])]) { [$0[0].matmul($0[1])] },
            OpCase("matmul, head slices", [.normal([2, 6, 3, 8]), .normal([2, 5, 3, 8])]) {
                [$0[0].permuted(to: [0, 2, 1, 3]).matmul($0[1].permuted(to: [0, 2, 3, 1]))]
            },
            OpCase("matmul, strided both ways", [.normal([5, 7, 3]), .normal([7, 9])]) {
                [$0[0].permuted(to: [2, 0, 1]).matmul($0[1])]
            },
            OpCase("matmul, vector", [.normal([1, 17]), .normal([17, 1])]) { [$0[0].matmul($0[1])] },
            OpCase("matmul, large", [.normal([131, 150]), .normal([150, 99])], tolerance: 3) { [$0[0].matmul($0[1])] },
        ]
    }

    private static var rowsAndWindows: [OpCase] {
        [
            OpCase("rows", [.normal([6, 5]), .indices(9, below: 6)]) { [$0[0].rows($0[1])] },
            OpCase("scattered rows", [.normal([9, 5]), .indices(9, below: 6)]) {
                [$0[0].scatteredRows(to: $0[1], rowCount: 6)]
            },
            OpCase("patches", [.normal([2, 3, 8, 12])]) { [$0[0].unfolded(.patches(of: 4))] },
            OpCase("windows, overlapping", [.normal([2, 3, 7, 9])]) {
                [$0[0].unfolded(PatchGeometry(kernel: (3, 3), stride: (2, 1), padding: (1, 1)))]
            },
            OpCase("fold, overlapping", [.normal([2, 36, 27])]) {
                let geometry = PatchGeometry(kernel: (3, 3), stride: (2, 1), padding: (1, 1))
                return [$0[0].folded(geometry, channels: 3, height: 7, width: 9)]
            },
            OpCase("random", [.constant([1])]) {
                let random = Philox(seed: 3, stream: 5, position: 7)
                return RandomDistribution.allCases.map { [device = $0[0].device] distribution in
                    Tensor.random(distribution, [67, 71], from: random, on: device)
                }
            },
        ]
    }
}
