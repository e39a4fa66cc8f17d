extension Tensor {
    /// Turns adjacent pairs of the last axis: (a, b) becomes (a cos − b sin, b cos + a sin) (RoFormer,
    /// arXiv:2104.09864).
    ///
    /// - Parameters:
    ///   - cos: cosines that broadcast to this shape, equal within a pair.
    ///   - sin: sines likewise.
    public func rotated(cos: Tensor, sin: Tensor) -> Tensor {
        require(shape.last % 2 == 0, "rotated", "pairs need an even last axis, got \(shape)")
        let pairs = reshaped(to: shape.dimensions.dropLast() + [shape.last / 2, 2])
        let turned = Tensor.concatenated(
            [-pairs.sliced(along: -1, 1..<2), pairs.sliced(along: -1, 0..<1)], along: -1)
        return self * cos + turned.reshaped(to: shape.dimensions) * sin
    }
}
