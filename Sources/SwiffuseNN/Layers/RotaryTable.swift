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
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
        shape = [contextCount + rows * columns, headSize]
    }

    /// The tables on a device.
    public func tensors(on device: any Device) -> (cos: Tensor, sin: Tensor) {
        (Tensor(cosines, shape: shape, on: device), Tensor(sines, shape: shape, on: device))
    }
}
