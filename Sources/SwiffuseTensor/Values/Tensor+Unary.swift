extension Tensor {
    private func mapped(_ function: UnaryFunction) -> Tensor {
        require(dtype == .float32, "\(function)", "float32 expected, got \(spec)")
        return Primitive.run(.unary(function), [detached()], output: TensorSpec(shape))
    }

    /// scale · x + shift.
    public func affine(scale: Float, shift: Float) -> Tensor {
        mapped(.affine(scale: scale, shift: shift)).recorded(Pullback(self) { $0 * scale })
    }

    public func exp() -> Tensor {
        let value = mapped(.exponential)
        return value.recorded(Pullback(self) { $0 * value })
    }

    /// Natural logarithm.
    public func log() -> Tensor {
        let x = detached()
        return mapped(.logarithm).recorded(Pullback(self) { $0 / x })
    }

    public func squareRoot() -> Tensor {
        let value = mapped(.squareRoot)
        return value.recorded(Pullback(self) { $0 * 0.5 / value })
    }

    /// 1 / √x.
    public func reciprocalSquareRoot() -> Tensor {
        let value = mapped(.reciprocalSquareRoot)
        return value.recorded(Pullback(self) { $0 * value * value.squared() * -0.5 })
    }

    public func reciprocal() -> Tensor {
        let value = mapped(.reciprocal)
        return value.recorded(Pullback(self) { -($0 * value.squared()) })
    }

    public func squared() -> Tensor {
        let x = detached()
        return mapped(.square).recorded(Pullback(self) { $0 * x * 2 })
    }

    /// |x|; its gradient at 0 is 0.
    public func absolute() -> Tensor {
        let x = detached()
        return mapped(.absolute).recorded(
            Pullback(self) { cotangent in
                let zero = Tensor.zeros([], on: x.device)
                return cotangent * (zero.isLess(than: x) - x.isLess(than: zero))
            })
    }

    public func sin() -> Tensor {
        let x = detached()
        return mapped(.sine).recorded(Pullback(self) { $0 * x.cos() })
    }

    public func cos() -> Tensor {
        let x = detached()
        return mapped(.cosine).recorded(Pullback(self) { -($0 * x.sin()) })
    }

    public func tanh() -> Tensor {
        let value = mapped(.tanh)
        return value.recorded(Pullback(self) { $0 * (1 - value.squared()) })
    }

    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor {
        let value = mapped(.sigmoid)
        return value.recorded(Pullback(self) { $0 * value * (1 - value) })
    }

    /// x · sigmoid(x).
    public func silu() -> Tensor { SiLUOp()([self])[0] }

    /// x · sigmoid(x) in primitives, which needs five passes for the gradient.
    func composedSiLU() -> Tensor {
        let x = detached()
        return mapped(.silu).recorded(
            Pullback(self) { cotangent in
                let gate = x.sigmoid()
                return cotangent * gate * (1 + x * (1 - gate))
            })
    }

    /// The error function.
    public func errorFunction() -> Tensor {
        let x = detached()
        return mapped(.errorFunction).recorded(
            Pullback(self) { $0 * (-x.squared()).exp() * 1.128_379_167 })  // 2 / √π
    }

    /// Limits values to lower … upper; outside, the gradient is 0.
    public func clamped(lower: Float = -.infinity, upper: Float = .infinity) -> Tensor {
        let x = detached()
        return mapped(.clamp(lower: lower, upper: upper)).recorded(
            Pullback(self) { cotangent in
                let low = Tensor.filled(lower, shape: [], on: x.device)
                let high = Tensor.filled(upper, shape: [], on: x.device)
                return cotangent * low.isLessOrEqual(to: x) * x.isLessOrEqual(to: high)
            })
    }

    /// The values as another type; float → integer truncates towards zero and saturates. Not differentiable.
    public func cast(to dtype: DType) -> Tensor {
        dtype == self.dtype ? self : Primitive.run(.cast, [detached()], output: TensorSpec(shape, dtype))
    }
}
