/// Lays pictures of one size out in rows.
public struct ImageGrid: Sendable {
    /// Pictures per row.
    public let columns: Int
    /// Pixels between pictures and around the grid.
    public let padding: Int
    /// Value of the padding and of unused cells.
    public let background: UInt8

    public init(columns: Int, padding: Int = 2, background: UInt8 = 0) {
        require(columns > 0 && padding >= 0, "a grid of \(columns) columns with padding \(padding)")
        self.columns = columns
        self.padding = padding
        self.background = background
    }

    /// One picture of all `images`, row by row; they must have one size and number of channels.
    public func tiled(_ images: [ImageBuffer]) throws(ImageError) -> ImageBuffer {
        guard let first = images.first else { throw .mismatch(reason: "a grid needs at least one image") }
        for (index, image) in images.enumerated()
        where (image.width, image.height, image.channels) != (first.width, first.height, first.channels) {
            throw .mismatch(
                reason: "image \(index) of the grid is \(image.width)×\(image.height)×\(image.channels), "
                    + "the first is \(first.width)×\(first.height)×\(first.channels)")
        }
        let usedColumns = min(columns, images.count)
        let rows = (images.count + usedColumns - 1) / usedColumns
        var grid = ImageBuffer(
            width: usedColumns * (first.width + padding) + padding,
            height: rows * (first.height + padding) + padding,
            channels: first.channels, filledWith: background)
        for (index, image) in images.enumerated() {
            grid.paste(
                image, x: padding + index % usedColumns * (first.width + padding),
                y: padding + index / usedColumns * (first.height + padding))
        }
        return grid
    }
}

extension ImageBuffer {
    /// Overwrites the part at (`x`, `y`) with an image of the same number of channels that lies inside.
    mutating func paste(_ image: ImageBuffer, x: Int, y: Int) {
        let count = image.width * channels
        for row in 0..<image.height {
            let start = ((y + row) * width + x) * channels
            pixels.replaceSubrange(start..<start + count, with: image.pixels[row * count..<(row + 1) * count])
        }
    }
}
