/// The kernel inception distance: unbiased squared maximum mean discrepancy with the kernel (x·y / d + 1)³
/// (Bińkowski et al., arXiv:1801.01401, eq. 4).
public enum KernelDistance {
    /// The distance between random subsets, as torch-fidelity draws them.
    ///
    /// - Parameters:
    ///   - a: [n, d].
    ///   - b: [m, d].
    ///   - count: number of pairs of subsets.
    ///   - size: rows of each; at most n and m.
    ///   - seed: of the drawing.
    public static func overSubsets(
        _ a: Matrix, _ b: Matrix, count: Int, size: Int, seed: UInt32
    ) throws(EvaluationError) -> [Double] {
        var permutation = NumPyPermutation(seed: seed)
        var distances: [Double] = []
        for _ in 0..<count {
            let first = a.rows(permutation.next(of: a.rowCount).prefix(size))
            distances.append(try unbiased(first, b.rows(permutation.next(of: b.rowCount).prefix(size))))
        }
        return distances
    }

    /// - Parameters:
    ///   - a: [n, d].
    ///   - b: [n, d], as many rows.
    public static func unbiased(_ a: Matrix, _ b: Matrix) throws(EvaluationError) -> Double {
        guard a.columnCount == b.columnCount else { throw .widths(a.columnCount, b.columnCount) }
        let count = min(a.rowCount, b.rowCount)
        guard count >= 2, a.rowCount == b.rowCount else {
            throw .tooFewSamples(metric: "the kernel distance", count: count, minimum: max(2, a.rowCount, b.rowCount))
        }
        let (n, width) = (Double(count), Double(a.columnCount))
        func kernelSum(_ x: Matrix, _ y: Matrix, skippingDiagonal: Bool) throws(EvaluationError) -> Double {
            let products = try x.multiplied(by: y, transposed: true)
            var sum = 0.0
            for row in 0..<count {
                for column in 0..<count where !(skippingDiagonal && row == column) {
                    let value = products[row, column] / width + 1
                    sum += value * value * value
                }
            }
            return sum
        }
        let within = try kernelSum(a, a, skippingDiagonal: true) + kernelSum(b, b, skippingDiagonal: true)
        return within / (n * (n - 1)) - 2 * (try kernelSum(a, b, skippingDiagonal: false)) / (n * n)
    }
}
