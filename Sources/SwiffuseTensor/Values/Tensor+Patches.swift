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

    /// Cuts an image into patches that tile it.
    ///
    /// - Returns: [B, N, C·p·p] for a self of [B, C, H, W].
    public func patchified(_ layout: PatchLayout) -> Tensor {
        let (rows, columns) = layout.grid(of: shape, operation: "patchified")
        // Windows do not fit into an image without pixels, but it has no patches.
        if rows * columns == 0 { return reshaped(to: shape[0], 0, shape[1] * layout.size * layout.size) }
        switch layout.order {
        case .channelsFirst: return unfolded(.patches(of: layout.size))
        case .channelsLast:
            return reshaped(to: shape[0], shape[1], rows, layout.size, columns, layout.size)
                .permuted(to: [0, 2, 4, 3, 5, 1])
                .reshaped(to: shape[0], rows * columns, layout.size * layout.size * shape[1])
        }
    }

    /// Puts patches together to an image.
    ///
    /// - Parameters:
    ///   - layout: that of the patches.
    ///   - rows: patches down the image.
    ///   - columns: patches across it.
    /// - Returns: [B, C, rows·p, columns·p] for a self of [B, rows·columns, C·p·p].
    public func unpatchified(_ layout: PatchLayout, rows: Int, columns: Int) -> Tensor {
        let image = layout.image(of: shape, rows: rows, columns: columns, operation: "unpatchified")
        let (batch, channels, size) = (image[0], image[1], layout.size)
        if rows * columns == 0 { return reshaped(to: image.dimensions) }
        switch layout.order {
        case .channelsFirst:
            return folded(.patches(of: size), channels: channels, height: image[2], width: image[3])
        case .channelsLast:
            return reshaped(to: batch, rows, columns, size, size, channels)
                .permuted(to: [0, 5, 1, 3, 2, 4])
                .reshaped(to: image.dimensions)
        }
    }
}
