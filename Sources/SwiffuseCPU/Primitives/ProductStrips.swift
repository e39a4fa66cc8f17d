internal import CKernels
internal import SwiffuseTensor

/// A product in strips of rows of C, each of which lies before oneDNN as its fastest kernels read it.
///
/// With neither operand transposed, those kernels read both where they lie, and many narrow strips take as long as one:
/// threads that are held up get fewer of them. Columns of a transposed A are therefore made rows first, strip by strip,
/// in memory that stays in its core's cache. So may rows of A that are made by a function.
struct ProductStrips {
    private let product: MatrixProduct
    private let makesRows: Bool
    private let count: Int
    /// Depth that is multiplied at once where strips are made or transposed.
    let block: Int

    /// Most depth of a transposed strip, so that it stays in a core's second cache: 0.7 MB with 144 rows.
    private static let deepestBlock = 1152
    /// Most numbers of a strip that stay there.
    private static let cachedNumbers = 180_000

    /// nil where strips gain nothing: measured with oneDNN 2.6 on two AVX-512 cores, as the strips' rows were.
    ///
    /// - Parameter makesRows: whether A does not lie in memory.
    init?(_ product: MatrixProduct, threadCount: Int, makesRows: Bool = false) {
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
        self.init(product, makesRows: makesRows, mostRows: most, threadCount: threadCount)
    }

    /// Strips of any product whose rows of A or of C are nowhere but in a core's cache.
    ///
    /// - Parameter makesRows: whether those of A; otherwise those of C.
    init(caching product: MatrixProduct, makesRows: Bool, threadCount: Int) {
        let numbers = makesRows ? min(product.depth, Self.deepestBlock) : product.columns
        let most = min(192, max(16, Self.cachedNumbers / max(numbers, 1)))
        self.init(product, makesRows: makesRows, mostRows: most, threadCount: threadCount)
    }

    private init(_ product: MatrixProduct, makesRows: Bool, mostRows most: Int, threadCount: Int) {
        let copies = product.a.isTransposed || makesRows
        self.product = product
        self.makesRows = makesRows
        // As many strips for each thread.
        count = (product.rows + most * threadCount - 1) / (most * threadCount) * threadCount
        let blocks = copies ? max(1, (product.depth + Self.deepestBlock - 1) / Self.deepestBlock) : 1
        block = max(16, ((product.depth + blocks - 1) / blocks + 15) / 16 * 16)
    }

    /// Where strip `index` starts, or the one before it ends. Strips are about equal; their rows are a multiple of what the
    /// kernels hold in registers.
    private func start(_ index: Int) -> Int {
        index == count ? product.rows : min(product.rows, (index * product.rows / count + 8) / 16 * 16)
    }

    private var mostRows: Int { (0..<count).reduce(0) { max($0, start($1 + 1) - start($1)) } }

    /// From one row of a strip that is made or transposed to the next.
    var scratchStride: Int { MatrixProduct.rowStride(block) }

    /// Handles a piece of A, some rows and some of the depth: rows `stride` numbers apart.
    typealias Piece = (
        _ rows: Range<Int>, _ depth: Range<Int>, _ piece: UnsafeMutablePointer<Float>, _ stride: Int
    ) -> Void

    /// - Parameters:
    ///   - epilogue: runs on each strip of C when it is computed.
    ///   - piece: makes each piece of A, or gets each transposed one while it is in cache; pieces of the same rows follow
    ///     one another.
    func run(
        on runtime: CPURuntime, epilogue: (Range<Int>, Range<Int>) -> Void = { _, _ in }, piece: Piece
    ) throws(DeviceError) {
        let perWorker = product.a.isTransposed || makesRows ? mostRows * scratchStride : 0
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        runtime.pool.run(count) { task, worker in
            let rows = start(task)..<start(task + 1)
            if rows.isEmpty { return }
            let copy = scratch.floats + worker * perWorker
            // Without depth, once: C is written.
            for start in stride(from: 0, to: max(product.depth, 1), by: block) {
                let depth = start..<min(product.depth, start + block)
                var a = MatrixOperand(product.a.start + rows.lowerBound * product.a.stride, stride: product.a.stride)
                if product.a.isTransposed {
                    ck_transpose(
                        product.a.droppingRows(rows.lowerBound) + start * product.a.stride, product.a.stride, copy,
                        scratchStride, depth.count, 0, rows.count)
                }
                if product.a.isTransposed || makesRows {
                    piece(rows, depth, copy, scratchStride)
                    a = MatrixOperand(copy, stride: scratchStride)
                }
                runtime.product(
                    false, product.b.isTransposed, rows.count, product.columns, depth.count, product.alpha, a.start,
                    a.stride, product.b.droppingRows(start), product.b.stride,
                    start == 0 ? product.beta : 1,
                    product.c + rows.lowerBound * product.cStride, product.cStride)
            }
            epilogue(rows, 0..<product.columns)
        }
    }

    /// Runs over the strips without multiplying, with memory for some numbers in each of a strip's rows.
    func run(
        on runtime: CPURuntime, numbersPerRow: Int,
        _ body: (_ rows: Range<Int>, _ memory: UnsafeMutablePointer<Float>) -> Void
    ) throws(DeviceError) {
        let perWorker = mostRows * numbersPerRow
        let scratch = try runtime.scratch(perWorker * runtime.pool.threadCount)
        runtime.pool.run(count) { task, worker in
            let rows = start(task)..<start(task + 1)
            if !rows.isEmpty { body(rows, scratch.floats + worker * perWorker) }
        }
    }
}
