public import SwiffuseTensor

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cosines and sines of rotary position embeddings (RoFormer, arXiv:2104.09864) for every token, each [N, d].
public struct RotaryTable: Sendable {
    public let cosines: [Float]
    public let sines: [Float]
    public let shape: Shape

    /// JiT's table: the first half of a head turns with the patch's row, the second with its column, at integer
    /// positions.
    ///
    /// Frequencies are 10000^(−2k/half), each for one adjacent pair. Leading context tokens are not turned.
    ///
    /// - Parameters:
    ///   - headSize: d, divisible by 4.
    ///   - rows: patches down.
    ///   - columns: patches across.
    ///   - contextCount: tokens before the patches.
    public init(headSize: Int, rows: Int, columns: Int, contextCount: Int = 0) {
        require(headSize % 4 == 0, "RotaryTable", "the head size \(headSize) must be divisible by 4")
        let half = headSize / 2
        let frequencies = (0..<half / 2).map { pow(10_000, -2 * Double($0) / Double(half)) }
        var angles = [Double](repeating: 0, count: contextCount * headSize)
        for row in 0..<rows {
            for column in 0..<columns {
                for position in [Double(row), Double(column)] {
                    for frequency in frequencies { angles += [position * frequency, position * frequency] }
                }
            }
        }
        self.init(angles: angles, headSize: headSize)
    }

    /// Where the positions of `init(interleaving:rows:columns:span:)` end; they start at 0.
    public enum Span: Sendable, Hashable {
        /// At a fixed number whatever the grid's size: 16 in DiT, DeCo and PixNerd.
        case fixed(Double)
        /// Columns at the number of rows, rows at the number of columns: their text-to-image models.
        case otherSide
    }

    /// DiT's table: even pairs of a head turn with the patch's column, odd ones with its row, at positions spread evenly
    /// from 0 to the end of the span, both included; a single one is at 0.
    ///
    /// The frequencies of pairs 2k and 2k + 1 are 10000^(−4k/d).
    ///
    /// - Parameters:
    ///   - headSize: d, divisible by 4.
    ///   - rows: patches down.
    ///   - columns: patches across.
    ///   - span: where the positions end.
    public init(interleaving headSize: Int, rows: Int, columns: Int, span: Span = .fixed(16)) {
        require(headSize % 4 == 0, "RotaryTable", "the head size \(headSize) must be divisible by 4")
        let frequencies = (0..<headSize / 4).map { pow(10_000, -4 * Double($0) / Double(headSize)) }
        let (across, down) = span.ends(rows: rows, columns: columns)
        let xPositions = Self.spread(columns, to: across)
        let yPositions = Self.spread(rows, to: down)
        var angles: [Double] = []
        angles.reserveCapacity(rows * columns * headSize)
        for y in yPositions {
            for x in xPositions {
                for frequency in frequencies {
                    angles += [x * frequency, x * frequency, y * frequency, y * frequency]
                }
            }
        }
        self.init(angles: angles, headSize: headSize)
    }

    private init(angles: [Double], headSize: Int) {
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
        shape = [headSize > 0 ? angles.count / headSize : 0, headSize]
    }

    /// Numbers from 0 to `end`, both included, at equal distances.
    private static func spread(_ count: Int, to end: Double) -> [Double] {
        (0..<count).map { count == 1 ? 0 : end * Double($0) / Double(count - 1) }
    }

    /// The tables on a device.
    public func tensors(on device: any Device) -> (cos: Tensor, sin: Tensor) {
        (Tensor(cosines, shape: shape, on: device), Tensor(sines, shape: shape, on: device))
    }
}

extension RotaryTable.Span {
    /// The last position across and the last one down.
    fileprivate func ends(rows: Int, columns: Int) -> (across: Double, down: Double) {
        switch self {
        case .fixed(let end): (end, end)
        case .otherSide: (Double(rows), Double(columns))
        }
    }
}
