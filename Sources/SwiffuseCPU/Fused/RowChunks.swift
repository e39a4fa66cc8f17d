/// Rows cut into chunks that never span two images, for sums over an image's rows.
///
/// The cuts depend on the shape alone, so sums do not depend on the number of threads.
struct RowChunks {
    let images: Int
    let rowsPerImage: Int
    let chunksPerImage: Int
    private let rowsPerChunk: Int

    init(images: Int, rowsPerImage: Int, rowsPerChunk: Int = 32) {
        self.images = images
        self.rowsPerImage = rowsPerImage
        self.rowsPerChunk = rowsPerChunk
        chunksPerImage = max(1, (rowsPerImage + rowsPerChunk - 1) / rowsPerChunk)
    }

    var count: Int { images * chunksPerImage }

    /// The rows of chunk `index`, numbered through all images.
    func rows(_ index: Int) -> Range<Int> {
        let start = index / chunksPerImage * rowsPerImage
        let first = index % chunksPerImage * rowsPerChunk
        return start + first..<start + min(first + rowsPerChunk, rowsPerImage)
    }
}
