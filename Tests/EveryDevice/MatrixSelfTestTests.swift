import SwiffuseTensor
import SwiffuseVulkan
import Testing

/// The test that a device's 16-bit matrices must pass finds what drivers get wrong.
@Suite struct MatrixSelfTestTests {
    private static let test = MatrixSelfTest(tiles: [
        VulkanProfile.Tile(rows: 64, columns: 32, leastGroups: 0),
        VulkanProfile.Tile(rows: 32, columns: 32, leastGroups: 0),
    ])

    /// Sums in float32, of operands that `rounding` has changed.
    private static func multiply(
        _ product: MatrixSelfTest.Product, depth: Int? = nil, bits: Int = 11, sumBits: Int = 24,
        leftPlace: ((Int, Int) -> Int)? = nil
    ) -> [Float] {
        let left = product.left.map { $0.rounded(toBits: bits) }
        let right = product.right.map { $0.rounded(toBits: bits) }
        return (0..<product.rows * product.columns).map { place in
            let (row, column) = (place / product.columns, place % product.columns)
            return (0..<(depth ?? product.depth)).reduce(Float(0)) { sum, k in
                let x = left[leftPlace?(row, k) ?? product.leftPlace(row, k)]
                return (sum + x * right[product.rightPlace(k, column)]).rounded(toBits: sumBits)
            }
        }
    }

    @Test func itCoversEveryKernelOfTheTable() {
        let products = MatrixSelfTest(tiles: VulkanProfile.gpu.matrixTiles).products
        #expect(!VulkanProfile.gpu.matrixTiles.isEmpty)
        for tile in VulkanProfile.gpu.matrixTiles {
            for layout in MatrixArrangement.Layout.allCases {
                let own = products.filter { $0.tile == tile && $0.layout == layout }
                #expect(own.contains { $0.rows == tile.rows && $0.columns == tile.columns })
                #expect(own.contains { $0.rows % 16 != 0 && $0.columns % 16 != 0 && $0.depth % 16 != 0 })
            }
        }
    }

    @Test func productsOf16BitOperandsPass() throws {
        #expect(try Self.test.fault { Self.multiply($0) } == nil)
        #expect(try Self.test.fault { Self.multiply($0, bits: 24) } == nil)
    }

    @Test func droppedDepthFails() throws {
        #expect(try Self.test.fault { Self.multiply($0, depth: $0.depth - 1) } != nil)
    }

    @Test func exchangedLayoutsFail() throws {
        let fault = try Self.test.fault { product in
            guard product.layout == .columnsRows else { return Self.multiply(product) }
            return Self.multiply(product) { row, k in (row * product.depth + k) % product.left.count }
        }
        #expect(fault?.contains("columnsRows") == true)
    }

    @Test func coarseOperandsFail() throws {
        // Those of bfloat16.
        #expect(try Self.test.fault { Self.multiply($0, bits: 8) } != nil)
    }

    @Test func coarseSumsFail() throws {
        #expect(try Self.test.fault { Self.multiply($0, sumBits: 11) } != nil)
    }

    /// One wrong element of one odd-sized product with the last tile.
    @Test(arguments: [Float.nan, .infinity, 0, 777]) func aSingleWrongElementFails(_ value: Float) throws {
        let last = try #require(Self.test.products.last)
        let fault = try Self.test.fault { product in
            var values = Self.multiply(product)
            if product == last { values[values.count - 1] = value }
            return values
        }
        #expect(fault?.contains("(\(last.rows - 1), \(last.columns - 1))") == true, "\(fault ?? "none")")
    }

    @Test func missingElementsFail() throws {
        #expect(try Self.test.fault { Array(Self.multiply($0).dropLast()) }?.contains("instead of") == true)
    }

    @Test func aFailureOfTheDevicePasses() {
        let failure = DeviceError.failed(device: "test", operation: "matmul", reason: "lost")
        #expect(throws: failure) { try Self.test.fault { _ throws(DeviceError) in throw failure } }
    }
}

extension Float {
    /// The nearest number with so many digits of mantissa; by Dekker's splitting, far from the ends of the range.
    fileprivate func rounded(toBits bits: Int) -> Float {
        if bits >= 24 { return self }
        let scaled = self * Float(1 << (24 - bits) + 1)
        return scaled - (scaled - self)
    }
}
