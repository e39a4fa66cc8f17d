public import SwiffuseTensor

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The linear steps from pixels to the coefficients that JPEG weighs: colour difference signals and the 8 × 8 discrete
/// cosine transform.
public enum FrequencyTransform {
    /// Side of a block in pixels.
    public static let blockSize = 8

    /// Y, Cb and Cr of red, green and blue (ITU-R BT.601), without offsets.
    ///
    /// - Parameter image: [B, 3, H, W].
    /// - Returns: the same shape.
    public static func colourDifference(_ image: Tensor) -> Tensor {
        let matrix: [Float] = [
            0.299, 0.587, 0.114,
            -0.168_736, -0.331_264, 0.5,
            0.5, -0.418_688, -0.081_312,
        ]
        let pixels = image.reshaped(to: image.shape[0], 3, -1)
        return Tensor(matrix, shape: [3, 3], on: image.device).matmul(pixels).reshaped(to: image.shape.dimensions)
    }

    /// The orthonormal DCT-II of 8 × 8 blocks; sides that are no multiple of 8 are first continued by reflection.
    ///
    /// - Parameter image: [B, C, H, W], with H and W at least 5.
    /// - Returns: [B, C, ⌈H/8⌉, 8, ⌈W/8⌉, 8]: block row, vertical frequency, block column, horizontal frequency.
    public static func cosines(_ image: Tensor) -> Tensor {
        let padded = reflected(reflected(image, along: 2), along: 3)
        let (batch, channels) = (image.shape[0], image.shape[1])
        let (rows, columns) = (padded.shape[2] / blockSize, padded.shape[3] / blockSize)
        let basis = Tensor(matrix, shape: [blockSize, blockSize], on: image.device)
        let vertical = basis.matmul(padded.reshaped(to: batch * channels * rows, blockSize, columns * blockSize))
        let both = LinearOp(hasBias: false)([vertical.reshaped(to: -1, blockSize), basis])[0]
        return both.reshaped(to: batch, channels, rows, blockSize, columns, blockSize)
    }

    /// C[k, n] = √(2/8) · cos(π (2n + 1) k / 16), with √(1/8) in the first row: the coefficients of a block X are
    /// C · X · Cᵀ. Row-major.
    public static var matrix: [Float] {
        (0..<blockSize).flatMap { k in
            (0..<blockSize).map { n in
                let scale = (k == 0 ? 1.0 : 2.0) / Double(blockSize)
                return Float(scale.squareRoot() * cos(.pi * Double(2 * n + 1) * Double(k) / Double(2 * blockSize)))
            }
        }
    }

    /// Continues an axis to a multiple of 8, backwards from the last value but one.
    private static func reflected(_ image: Tensor, along axis: Int) -> Tensor {
        let extent = image.shape[axis]
        let missing = (blockSize - extent % blockSize) % blockSize
        guard missing > 0 else { return image }
        let mirrored = (0..<missing).map { image.sliced(along: axis, extent - 2 - $0..<extent - 1 - $0) }
        return Tensor.concatenated([image] + mirrored, along: axis)
    }
}
