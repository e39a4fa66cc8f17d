/// How an image [B, C, H, W] becomes square patches that tile it, one in each row: [B, N, C·p·p], and back.
///
/// Patches follow one another row by row.
public struct PatchLayout: Sendable, Hashable {
    /// The order of a patch's values.
    public enum Order: Sendable, Hashable {
        /// (channel, row, column), as in the weight of a convolution.
        case channelsFirst
        /// (row, column, channel).
        case channelsLast
    }

    /// p, the side of a patch in pixels; 1 to 65,536.
    public let size: Int
    public let order: Order

    public init(size: Int, order: Order = .channelsFirst) {
        require((1...65_536).contains(size), "patches", "a side of 1 to 65,536 pixels expected, got \(size)")
        self.size = size
        self.order = order
    }

    /// Number of patches down and across an image.
    ///
    /// Stops with a message that begins with `operation` where they do not tile it.
    ///
    /// - Parameter image: [B, C, H, W].
    public func grid(of image: Shape, operation: String) -> (rows: Int, columns: Int) {
        require(image.rank == 4, operation, "[B, C, H, W] expected, got \(image)")
        require(
            image[2] % size == 0 && image[3] % size == 0, operation, "patches of \(size) pixels do not tile \(image)")
        return (image[2] / size, image[3] / size)
    }

    /// The image that patches make.
    ///
    /// Stops with a message that begins with `operation` where their number or size does not fit.
    ///
    /// - Parameter patches: [B, rows·columns, C·p·p].
    public func image(of patches: Shape, rows: Int, columns: Int, operation: String) -> Shape {
        require(rows >= 0 && columns >= 0, operation, "\(rows) rows of \(columns) patches")
        require(
            patches.rank == 3 && patches[1] == rows * columns && patches[2] % (size * size) == 0, operation,
            "[B, \(rows * columns), C·\(size * size)] expected, got \(patches)")
        return [patches[0], patches[2] / (size * size), rows * size, columns * size]
    }
}
