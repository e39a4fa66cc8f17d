extension Tensor {
    /// Cuts an image into windows.
    ///
    /// - Returns: [B, L, C·kh·kw] for a self of [B, C, H, W]; windows row by row, each ordered (channel, row, column).
    public func unfolded(_ geometry: PatchGeometry) -> Tensor {
        require(shape.rank == 4, "unfolded", "[B, C, H, W] expected, got \(shape)")
        let grid = geometry.grid(height: shape[2], width: shape[3])
        require(grid.rows > 0 && grid.columns > 0, "unfolded", "the window \(geometry) does not fit into \(shape)")
        let size = (shape[1], shape[2], shape[3])
        let target: Shape = [
            shape[0], grid.rows * grid.columns, size.0 * geometry.kernel.height * geometry.kernel.width,
        ]
        return Primitive.run(.unfold(geometry), [detached()], output: TensorSpec(target)).recorded(
            Pullback(self) { $0.folded(geometry, channels: size.0, height: size.1, width: size.2) })
    }

    /// Cuts an image into windows, one in each column: `unfolded(_:)` with its last axes exchanged, in the layout that a
    /// convolution reads fastest.
    ///
    /// - Returns: [B, C·kh·kw, L] for a self of [B, C, H, W].
    public func unfoldedColumns(_ geometry: PatchGeometry) -> Tensor {
        require(shape.rank == 4, "unfoldedColumns", "[B, C, H, W] expected, got \(shape)")
        let grid = geometry.grid(height: shape[2], width: shape[3])
        require(
            grid.rows > 0 && grid.columns > 0, "unfoldedColumns", "the window \(geometry) does not fit into \(shape)")
        let size = (shape[1], shape[2], shape[3])
        let window = size.0 * geometry.kernel.height * geometry.kernel.width
        let result = Tensor.uninitialized(TensorSpec([shape[0], window, grid.rows * grid.columns]), on: device)
        Primitive.write(.unfold(geometry), [detached()], into: result.transposed(), mode: .overwrite)
        return result.failingLike(self).recorded(
            Pullback(self) { $0.transposed().folded(geometry, channels: size.0, height: size.1, width: size.2) })
    }

    /// Puts windows back into an image, adding where they overlap.
    ///
    /// - Returns: [B, channels, height, width] for a self of [B, L, channels·kh·kw].
    public func folded(_ geometry: PatchGeometry, channels: Int, height: Int, width: Int) -> Tensor {
        let grid = geometry.grid(height: height, width: width)
        let window = channels * geometry.kernel.height * geometry.kernel.width
        require(
            shape.rank == 3 && shape[1] == grid.rows * grid.columns && shape[2] == window, "folded",
            "[B, \(grid.rows * grid.columns), \(window)] expected, got \(shape)")
        let target: Shape = [shape[0], channels, height, width]
        return Primitive.run(.fold(geometry), [detached()], output: TensorSpec(target))
            .recorded(Pullback(self) { $0.unfolded(geometry) })
    }
}
