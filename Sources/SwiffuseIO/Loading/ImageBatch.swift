/// Prepared pictures and their classes.
public struct ImageBatch: Sendable, Equatable {
    /// [count, channels, height, width] in −1…1.
    public let images: [Float]
    /// [count], classes.
    public let labels: [Int32]
    /// Channels and size of each picture.
    public let geometry: ImageGeometry
    /// Positions in the stream of examples; a run that ends here goes on at `positions.upperBound`.
    public let positions: Range<Int>

    /// Number of pictures.
    public var count: Int { labels.count }
}
