extension Tensor {
    /// Rows of a table: result[n, :] = self[indices[n], :].
    ///
    /// - Parameter indices: int32 [N], each in 0 ..< V for a self of [V, D].
    /// - Returns: [N, D].
    public func rows(_ indices: Tensor) -> Tensor {
        require(
            shape.rank == 2 && indices.shape.rank == 1 && indices.dtype == .int32, "rows",
            "a table [V, D] and int32 indices [N] expected, got \(spec) and \(indices.spec)")
        let (rowCount, target) = (shape[0], TensorSpec([indices.shape[0], shape[1]]))
        return Primitive.run(.gatherRows, [detached(), indices], output: target)
            .recorded(Pullback(self) { $0.scatteredRows(to: indices, rowCount: rowCount) })
    }

    /// Sums rows into a table: result[v, :] = Σ self[n, :] over all n with indices[n] = v.
    ///
    /// - Returns: [rowCount, D] for a self of [N, D].
    public func scatteredRows(to indices: Tensor, rowCount: Int) -> Tensor {
        require(
            shape.rank == 2 && indices.shape == [shape[0]] && indices.dtype == .int32, "scatteredRows",
            "rows [N, D] and int32 indices [N] expected, got \(spec) and \(indices.spec)")
        return Primitive.run(.scatterAddRows, [detached(), indices], output: TensorSpec([rowCount, shape[1]]))
            .recorded(Pullback(self) { $0.rows(indices) })
    }
}
