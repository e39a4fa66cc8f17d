internal import CKernels
internal import SwiffuseTensor

/// A dense matrix in memory: rows `stride` apart, or, transposed, columns `stride` apart.
struct MatrixOperand {
    let start: UnsafePointer<Float>
    let stride: Int
    let isTransposed: Bool

    init(_ start: UnsafePointer<Float>, stride: Int, isTransposed: Bool = false) {
        self.start = start
        self.stride = stride
        self.isTransposed = isTransposed
    }

    /// The last two axes of a view that `packedIfNeeded` returned.
    init(_ view: BufferView) {
        guard let layout = view.matrixLayout else { fatalError("matrix product: an operand is not packed") }
        self.init(view.floats, stride: layout.stride, isTransposed: layout.isTransposed)
    }

    /// The same memory with rows and columns exchanged.
    var transposed: MatrixOperand { MatrixOperand(start, stride: stride, isTransposed: !isTransposed) }

    func droppingRows(_ count: Int) -> UnsafePointer<Float> { start + (isTransposed ? count : count * stride) }
    func droppingColumns(_ count: Int) -> UnsafePointer<Float> { start + (isTransposed ? count * stride : count) }
}

/// C = alpha · A · B + beta · C with C [rows, columns] and `depth` products per element.
struct MatrixProduct {
    let rows: Int
    let columns: Int
    let depth: Int
    var a: MatrixOperand
    var b: MatrixOperand
    let c: UnsafeMutablePointer<Float>
    let cStride: Int
    var alpha: Float = 1
    var beta: Float = 0

    /// Arithmetic below which a second thread does not pay.
    private static let smallest = 1 << 20

    /// Computes one panel of C on the calling thread.
    private func compute(_ product: MatrixLibraryProduct, rows rowRange: Range<Int>, columns columnRange: Range<Int>) {
        product(
            a.isTransposed, b.isTransposed, rowRange.count, columnRange.count, depth, alpha,
            a.droppingRows(rowRange.lowerBound), a.stride, b.droppingColumns(columnRange.lowerBound), b.stride, beta,
            c + rowRange.lowerBound * cStride + columnRange.lowerBound, cStride)
    }

    /// Computes C on the calling thread.
    func compute(on runtime: CPURuntime) { compute(runtime.product, rows: 0..<rows, columns: 0..<columns) }

    /// The panels that the threads share: cut along the longer side of C, so that little is packed twice.
    func panels(threadCount: Int) -> [(rows: Range<Int>, columns: Range<Int>)] {
        let isSmall = 2 * rows * columns * max(depth, 1) < Self.smallest
        if isSmall || threadCount == 1 { return [(0..<rows, 0..<columns)] }
        if columns >= rows {
            return ranges(columns, threadCount).map { (0..<rows, $0) }
        }
        return ranges(rows, threadCount).map { ($0, 0..<columns) }
    }

    private func ranges(_ count: Int, _ pieces: Int) -> [Range<Int>] {
        // Whole register tiles of the library's kernels.
        let step = ((count + pieces - 1) / pieces + 15) / 16 * 16
        return stride(from: 0, to: count, by: step).map { $0..<min(count, $0 + step) }
    }

    /// From one row of `count` numbers in memory of a product's own to the next: rows start at cache lines, and not a
    /// power of two of them apart.
    static func rowStride(_ count: Int) -> Int {
        let stride = (count + 15) / 16 * 16 + 16
        return stride % 256 == 0 ? stride + 16 : stride
    }

    /// Rows of C from which on a transposed B is made rows first: less work than oneDNN's copies for each panel.
    private static let manyRows = 2048

    private func wantsRowsOfB(on runtime: CPURuntime) -> Bool {
        runtime.library == .oneDNN && b.isTransposed && rows >= Self.manyRows
    }

    /// The same product with a B that lies as strips read it best: this one or a copy.
    func withPreparedB(
        on runtime: CPURuntime, _ body: (MatrixProduct) throws(DeviceError) -> Void
    ) throws(DeviceError) {
        if wantsRowsOfB(on: runtime) { try withRowsOfB(on: runtime, body) } else { try body(self) }
    }

    /// The same product with a copy of B whose rows follow one another.
    private func withRowsOfB(
        on runtime: CPURuntime, _ body: (MatrixProduct) throws(DeviceError) -> Void
    ) throws(DeviceError) {
        let stride = Self.rowStride(columns)
        let copy = try runtime.scratch(depth * stride)
        runtime.pool.run(over: depth, grain: 64) { range in
            ck_transpose(b.start, b.stride, copy.floats, stride, columns, range.lowerBound, range.upperBound)
        }
        var product = self
        product.b = MatrixOperand(copy.floats, stride: stride)
        try body(product)
        withExtendedLifetime(copy) {}
    }

    /// How to cut C where oneDNN gains by it.
    ///
    /// - Parameter makesRows: whether A does not lie in memory.
    func strips(on runtime: CPURuntime, makesRows: Bool = false) -> ProductStrips? {
        runtime.library == .oneDNN
            ? ProductStrips(self, threadCount: runtime.pool.threadCount, makesRows: makesRows) : nil
    }

    /// Computes C on all threads; `epilogue` runs on each panel when it is computed.
    func run(
        on runtime: CPURuntime, epilogue: (Range<Int>, Range<Int>) -> Void = { _, _ in }
    ) throws(DeviceError) {
        try withPreparedB(on: runtime) { product throws(DeviceError) in
            try product.runAsItLies(on: runtime, epilogue: epilogue)
        }
    }

    private func runAsItLies(
        on runtime: CPURuntime, epilogue: (Range<Int>, Range<Int>) -> Void
    ) throws(DeviceError) {
        if let strips = strips(on: runtime) {
            try strips.run(on: runtime, epilogue: epilogue) { _, _, _, _ in }
            return
        }
        let (panels, product) = (panels(threadCount: runtime.pool.threadCount), runtime.product)
        runtime.pool.run(panels.count) { task, _ in
            let panel = panels[task]
            compute(product, rows: panel.rows, columns: panel.columns)
            epilogue(panel.rows, panel.columns)
        }
    }
}
