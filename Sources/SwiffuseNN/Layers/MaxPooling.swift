public import SwiffuseTensor

extension Tensor {
    /// The largest value of every 2 × 2 pixels; a last odd row or column is left out.
    ///
    /// Where values are equal, the gradient goes to the first one, row by row.
    /// - Returns: [B, C, ⌊H/2⌋, ⌊W/2⌋] for a self of [B, C, H, W].
    public func maxPooledByTwo() -> Tensor {
        let (rows, columns) = (shape[2] / 2, shape[3] / 2)
        let even = sliced(along: 2, 0..<2 * rows).sliced(along: 3, 0..<2 * columns)
        let pairs = even.reshaped(to: shape[0], shape[1], 2 * rows, columns, 2).chunked(into: 2, along: 4)
        let narrow = Tensor.maximum(pairs[0], pairs[1]).reshaped(to: shape[0], shape[1], rows, 2, columns)
        let halves = narrow.chunked(into: 2, along: 3)
        return Tensor.maximum(halves[0], halves[1]).reshaped(to: shape[0], shape[1], rows, columns)
    }
}
