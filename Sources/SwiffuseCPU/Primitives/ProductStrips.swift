internal import CKernels
internal import SwiffuseTensor

/// A product in strips of rows of C, each of which lies before oneDNN as its fastest kernels read it.
///
/// With neither operand transposed, those kernels read both where they lie, and many narrow strips take as long as one:
/// threads that are held up get fewer of them. Columns of a transposed A are therefore made rows first, strip by strip,
/// in memory that stays in its core's cache.
struct ProductStrips {
    private let product: MatrixProduct
    private let rowsPerStrip: Int
    /// Depth that is multiplied at once.
    private let block: Int

    /// Most depth of a transposed strip, so that it stays in a core's second cache: 0.7 MB with 144 rows.
    private static let deepestBlock = 1152

    /// nil where strips gain nothing: measured with oneDNN 2.6 on two AVX-512 cores, as the strips' rows were.
    init?(_ product: MatrixProduct, threadCount: Int) {
        guard product.rows >= 96 && product.columns >= 192 && product.depth >= 64 else { return nil }
        // Rows of B as far apart as these fall into the same few lines of the cache; the kernels copy them.
        let isCrowded = product.b.stride % 1024 == 0
        let most: Int
        switch (product.a.isTransposed, product.b.isTransposed) {
        case (false, false): most = isCrowded ? 384 : 192
        case (true, false) where !isCrowded: most = 144
        // B is copied for each strip: worth it where it is small.
        case (false, true) where product.depth <= 512: most = 576
        default: return nil
        }
        let isTransposed = product.a.isTransposed
        self.product = product
        // As many strips for each thread; their rows are a multiple of what the kernels hold in registers.
        let count = (product.rows + most * threadCount - 1) / (most * threadCount) * threadCount
        rowsPerStrip = ((product.rows + count - 1) / count + 15) / 16 * 16
        let blocks = isTransposed ? max(1, (product.depth + Self.deepestBlock - 1) / Self.deepestBlock) : 1
        block = ((product.depth + blocks - 1) / blocks + 15) / 16 * 16
    }

    /// From one row of a transposed strip to the next: not a power of two of cache lines.
    private var scratchStride: Int { (block + 16) % 256 == 0 ? block + 32 : block + 16 }

    /// - Parameters:
    ///   - epilogue: runs on each strip of C when it is computed.
    ///   - whenTransposed: gets each transposed piece of A while it is in cache, some rows and some of the depth, as
    ///     rows `stride` numbers apart; pieces of the same rows follow one another.
    func run(
        on runtime: CPURuntime, epilogue: (Range<Int>, Range<Int>) -> Void = { _, _ in },
        whenTransposed: (_ rows: Range<Int>, _ depth: Range<Int>, _ piece: UnsafePointer<Float>, _ stride: Int) -> Void
    ) throws(DeviceError) {
        let perWorker = product.a.isTransposed ? rowsPerStrip * scratchStride : 0
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        runtime.pool.run((product.rows + rowsPerStrip - 1) / rowsPerStrip) { task, worker in
            let rows = task * rowsPerStrip..<min(product.rows, (task + 1) * rowsPerStrip)
            let piece = scratch.floats + worker * perWorker
            for start in stride(from: 0, to: product.depth, by: block) {
                let depth = start..<min(product.depth, start + block)
                var a = MatrixOperand(product.a.start + rows.lowerBound * product.a.stride, stride: product.a.stride)
                if product.a.isTransposed {
                    ck_transpose(
                        product.a.droppingRows(rows.lowerBound) + start * product.a.stride, product.a.stride, piece,
                        scratchStride, depth.count, 0, rows.count)
                    whenTransposed(rows, depth, piece, scratchStride)
                    a = MatrixOperand(piece, stride: scratchStride)
                }
                runtime.product(
                    false, product.b.isTransposed, rows.count, product.columns, depth.count, product.alpha, a.start,
                    a.stride, product.b.start + start * product.b.stride, product.b.stride,
                    start == 0 ? product.beta : 1,
                    product.c + rows.lowerBound * product.cStride, product.cStride)
            }
            epilogue(rows, 0..<product.columns)
        }
    }
}
