public import SwiffuseTensor

extension Tensor {
    /// The largest value of every 2 × 2 pixels; a last odd row or column is left out.
    ///
    /// Where values are equal, the gradient goes to the first one, row by row.
    /// - Returns: [B, C, ⌊H/2⌋, ⌊W/2⌋] for a self of [B, C, H, W].
    public func maxPooledByTwo() -> Tensor { HalvedMaximumOp()([self])[0] }
}
