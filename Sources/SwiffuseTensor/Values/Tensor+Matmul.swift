extension Tensor {
    /// scale · self × other over the last two axes; leading axes broadcast.
    ///
    /// - Parameters:
    ///   - other: [… , K, N] for a self of [… , M, K].
    ///   - scale: factor of the product.
    /// - Returns: [… , M, N].
    public func matmul(_ other: Tensor, scale: Float = 1) -> Tensor {
        require(
            dtype == .float32 && other.dtype == .float32, "matmul", "float32 expected, got \(spec) and \(other.spec)")
        require(
            shape.rank >= 2 && other.shape.rank >= 2 && shape[-1] == other.shape[-2], "matmul",
            "\(shape) × \(other.shape): the last axis of the first must equal the last but one of the second")
        let leading = (Shape(Array(shape.dimensions.dropLast(2))), Shape(Array(other.shape.dimensions.dropLast(2))))
        guard let batch = leading.0.broadcast(with: leading.1) else {
            fatalError("matmul: leading axes of \(shape) and \(other.shape) do not broadcast")
        }
        let (a, b) = (detached(), other.detached())
        let operands = [
            a.broadcast(to: Shape(batch.dimensions + shape.dimensions.suffix(2))),
            b.broadcast(to: Shape(batch.dimensions + other.shape.dimensions.suffix(2))),
        ]
        let target = Shape(batch.dimensions + [shape[-2], other.shape[-1]])
        return Primitive.run(.matmul(scale: scale), operands, output: TensorSpec(target)).recorded(
            Pullback(self) { $0.matmul(b.transposed(), scale: scale).summed(to: a.shape) },
            Pullback(other) { a.transposed().matmul($0, scale: scale).summed(to: b.shape) })
    }
}
