extension Tensor {
    /// Whether reduced axes stay with extent 1 or disappear.
    public enum ReducedAxes: Sendable { case dropped, kept }

    /// Sum over the given axes.
    public func sum(over axes: [Int], axes reduced: ReducedAxes = .dropped) -> Tensor {
        let (kept, original) = (keptShape(axes), shape)
        let value = self.reduced(.sum, to: kept)
            .recorded(Pullback(self) { $0.broadcast(to: original) })
        return reduced == .kept ? value : value.dropping(axes, of: original)
    }

    /// Sum over all elements, a scalar.
    public func sum() -> Tensor { sum(over: Array(0..<shape.rank)) }

    /// Mean over the given axes.
    public func mean(over axes: [Int], axes reduced: ReducedAxes = .dropped) -> Tensor {
        let size = axes.reduce(1) { $0 * shape[$1] }
        return sum(over: axes, axes: reduced) / Float(max(size, 1))
    }

    /// Mean over all elements, a scalar.
    public func mean() -> Tensor { mean(over: Array(0..<shape.rank)) }

    /// Largest value over the given axes; equal maxima share the gradient.
    public func maximum(over axes: [Int], axes reduced: ReducedAxes = .dropped) -> Tensor {
        let (x, original) = (detached(), shape)
        let value = self.reduced(.maximum, to: keptShape(axes))
        let result = value.recorded(
            Pullback(self) { cotangent in
                let hits = x.isEqual(to: value)
                return hits * (cotangent / hits.sum(over: axes, axes: .kept))
            })
        return reduced == .kept ? result : result.dropping(axes, of: original)
    }

    /// Σ x² over all elements, a scalar, without a temporary of the tensor's size.
    public func sumOfSquares() -> Tensor {
        let x = detached()
        return reduced(.sumOfSquares, to: keptShape(Array(0..<shape.rank)))
            .recorded(Pullback(self) { $0 * x * 2 })
            .reshaped(to: [])
    }

    /// Sums what broadcasting repeated: the adjoint of `broadcast(to:)`.
    public func summed(to target: Shape) -> Tensor {
        if shape == target { return self }
        let missing = shape.rank - target.rank
        require(
            missing >= 0 && target.broadcast(with: shape) == shape, "summed", "\(shape) is no broadcast of \(target)")
        let axes = (0..<shape.rank).filter { $0 < missing || (target.dimensions[$0 - missing] == 1 && shape[$0] != 1) }
        let total = axes.isEmpty ? self : sum(over: axes, axes: .kept)
        return total.reshaped(to: target.dimensions)
    }

    private func reduced(_ reduction: Reduction, to kept: Shape) -> Tensor {
        require(dtype == .float32, "\(reduction)", "float32 expected, got \(spec)")
        return Primitive.run(.reduce(reduction), [detached()], output: TensorSpec(kept))
    }

    private func keptShape(_ axes: [Int]) -> Shape {
        axes.reduce(shape) { $0.replacing($1, with: 1) }
    }

    private func dropping(_ axes: [Int], of original: Shape) -> Tensor {
        let dropped = Set(axes.map(original.normalized))
        return reshaped(to: (0..<original.rank).filter { !dropped.contains($0) }.map { original[$0] })
    }
}
