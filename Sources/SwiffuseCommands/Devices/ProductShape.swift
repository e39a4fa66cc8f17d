import ArgumentParser
import Swiffuse

/// The sizes of a product of two matrices: rows × inner size by inner size × columns.
struct ProductShape: ExpressibleByArgument, CustomStringConvertible {
    let rows: Int
    let inner: Int
    let columns: Int

    /// What devices are compared by, if nothing else is asked for.
    static let customary = ProductShape(rows: 1024, inner: 1024, columns: 1024)

    private init(rows: Int, inner: Int, columns: Int) {
        (self.rows, self.inner, self.columns) = (rows, inner, columns)
    }

    /// Reads "1152x4096x1024"; each size is 1 to 32768.
    init?(argument: String) {
        let sizes = argument.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard sizes.count == 3, argument.filter({ $0 == "x" }).count == 2,
            sizes.allSatisfy({ (1...32768).contains($0) })
        else { return nil }
        self.init(rows: sizes[0], inner: sizes[1], columns: sizes[2])
    }

    var description: String { "\(rows) × \(inner) × \(columns)" }

    /// GFLOP/s of the product on a device: the best of five runs after one to warm up, or of as many as fit into five
    /// seconds.
    ///
    /// - Throws: what the device fails with.
    func speed(on device: any Device) throws -> Double {
        let left = Tensor.random(.normal, [rows, inner], from: Philox(seed: 1), on: device)
        let right = Tensor.random(.normal, [inner, columns], from: Philox(seed: 2), on: device)
        let clock = ContinuousClock()
        let begin = clock.now
        var best = Double.infinity
        for round in 0...5 {
            let seconds =
                try clock.measure {
                    if let failure = left.matmul(right).failure { throw failure }
                    try device.synchronize()
                } / .seconds(1)
            if round > 0 { best = min(best, seconds) }
            if best < .infinity && clock.now - begin > .seconds(5) { break }
        }
        return 2 * Double(rows) * Double(inner) * Double(columns) / best / 1e9
    }
}
