package import SwiffuseTensor

/// Products that show whether a device multiplies matrices of 16-bit floats rightly, before anything relies on it.
///
/// There are drivers that offer cooperative matrices and give wrong numbers.
package struct MatrixSelfTest: Sendable {
    /// One product; its operands lie as a layout wants them.
    package struct Product: Sendable, Hashable, CustomStringConvertible {
        package let layout: MatrixArrangement.Layout
        package let tile: VulkanProfile.Tile
        package let rows: Int
        package let columns: Int
        package let depth: Int
        /// Whether operands are 16-bit floats already, so that only sums are rounded; else all of their digits count.
        let isExact: Bool

        /// [rows, depth], or [depth, rows] where A lies by columns.
        package var left: [Float] { numbers(rows * depth, seed: 1) }
        /// [depth, columns], or [columns, depth] where B lies by columns.
        package var right: [Float] { numbers(depth * columns, seed: 2) }

        /// A's element in `left`.
        package func leftPlace(_ row: Int, _ k: Int) -> Int {
            layout == .columnsRows ? k * rows + row : row * depth + k
        }

        /// B's element in `right`.
        package func rightPlace(_ k: Int, _ column: Int) -> Int {
            layout == .rowsColumns ? column * depth + k : k * columns + column
        }

        package var description: String {
            "\(rows) × \(depth) by \(depth) × \(columns), \(layout), tile \(tile.rows) × \(tile.columns)"
        }

        /// Numbers in −1…1, without a pattern along rows or columns: of 1/512 where 16-bit floats must hold them, else of
        /// 1/1000, which they do not hold.
        private func numbers(_ count: Int, seed: UInt32) -> [Float] {
            let side: UInt32 = isExact ? 512 : 1000
            return (0..<UInt32(count)).map { index in
                // The finaliser of MurmurHash3, public domain.
                var bits = index &* 0x9E37_79B9 ^ seed &* 0x85EB_CA6B
                bits = (bits ^ bits >> 16) &* 0x85EB_CA6B
                bits = (bits ^ bits >> 13) &* 0xC2B2_AE35
                bits ^= bits >> 16
                return (Float(bits % (2 * side + 1)) - Float(side)) / Float(side)
            }
        }
    }

    package let products: [Product]

    /// Each layout with each tile: a product of one tile, and an odd-sized one that reaches into further tiles.
    package init(tiles: [VulkanProfile.Tile]) {
        products = tiles.flatMap { tile in
            MatrixArrangement.Layout.allCases.flatMap { layout in
                [
                    Product(
                        layout: layout, tile: tile, rows: tile.rows, columns: tile.columns, depth: 64, isExact: true),
                    // What lies along vectors of four in memory must be a multiple of four to reach the layout's kernel.
                    Product(
                        layout: layout, tile: tile, rows: tile.rows + (layout == .columnsRows ? 20 : 21),
                        columns: tile.columns + (layout == .rowsColumns ? 13 : 12),
                        depth: layout == .rowsColumns ? 44 : 37, isExact: false),
                ]
            }
        }
    }

    /// What is wrong with the first wrong product; nil if all are right.
    ///
    /// - Parameter multiply: gives a product, [rows, columns].
    package func fault(
        in multiply: (Product) throws(DeviceError) -> [Float]
    ) throws(DeviceError) -> String? {
        for product in products {
            let found = try multiply(product)
            if let fault = fault(in: found, of: product) { return "\(product): \(fault)" }
        }
        return nil
    }

    private func fault(in found: [Float], of product: Product) -> String? {
        let count = product.rows * product.columns
        guard found.count == count else { return "\(found.count) elements instead of \(count)" }
        let (left, right) = (product.left, product.right)
        for row in 0..<product.rows {
            for column in 0..<product.columns {
                var (sum, magnitude) = (0.0, 0.0)
                for k in 0..<product.depth {
                    let term =
                        Double(left[product.leftPlace(row, k)]) * Double(right[product.rightPlace(k, column)])
                    sum += term
                    magnitude += abs(term)
                }
                let value = found[row * product.columns + column]
                // Written so that what is not a number fails.
                if !(abs(Double(value) - sum) <= magnitude * Self.relativeBound(product)) {
                    return "element (\(row), \(column)) is \(value) instead of \(Float(sum))"
                }
            }
        }
        return nil
    }

    /// The most that Σ a b may be off, relative to Σ |a b|. Rounding to 16 bits in any direction, as Vulkan allows, changes a
    /// factor by 2⁻¹⁰ at most; matrix units may cut each sum off at 24 bits, an error of 2⁻²³ at most each time.
    private static func relativeBound(_ product: Product) -> Double {
        let sums = Double(product.depth + 2) * 0x1p-23
        return product.isExact ? sums : sums + 2 * 0x1p-10 + 0x1p-20
    }
}
