extension Tensor {
    /// The same matrix as its device multiplies by it fastest: itself, or a copy, unrecorded, whose columns are dense.
    package func laidOut(as layout: WeightLayout) -> Tensor {
        guard layout == .columns && shape.rank == 2 && strides[0] != 1 else { return self }
        let (rows, columns) = (shape[0], shape[1])
        // Columns start at cache lines, and not a power of two of them apart: those would share a few lines of a cache.
        let lines = (rows + 15) / 16
        let distance = 16 * (lines % 8 == 0 ? lines + 1 : lines)
        let whole = Tensor.uninitialized(TensorSpec([columns, distance], dtype), on: device)
        let result = whole.window(1, 0..<rows)
        Primitive.write(.copy, [detached().transposed()], into: result, mode: .overwrite)
        return result.failingLike(self).transposed()
    }
}
