/// Rows cut into chunks that never span two images, for sums over an image's rows.
///
/// The cuts depend on the shape alone, so sums are the same in every run.
struct RowChunks {
    let images: Int
    let rowsPerImage: Int
    let rowsPerChunk: Int
    let chunksPerImage: Int

    init(images: Int, rowsPerImage: Int) {
        self.images = images
        self.rowsPerImage = rowsPerImage
        // At least 32 rows, and no more chunks than one invocation can sum.
        rowsPerChunk = max(32, (rowsPerImage + 511) / 512)
        chunksPerImage = max(1, (rowsPerImage + rowsPerChunk - 1) / rowsPerChunk)
    }

    var count: Int { images * chunksPerImage }
}
