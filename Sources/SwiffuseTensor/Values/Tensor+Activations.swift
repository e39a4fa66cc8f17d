extension Tensor {
    /// max(x, 0); its gradient at 0 is 0.
    public func relu() -> Tensor {
        let value = detached().clamped(lower: 0)
        return value.recorded(Pullback(self) { $0 * Tensor.zeros([], on: value.device).isLess(than: value) })
    }

    /// GELU in its exact form, x/2 · (1 + erf(x/√2)) (Hendrycks & Gimpel, arXiv:1606.08415).
    public func gelu() -> Tensor { GELUOp()([self])[0] }

    /// GELU in primitives: five passes, and nine more for the gradient.
    func composedGELU() -> Tensor {
        let half = self * 0.5
        return half + half * (self * 0.707_106_77).errorFunction()  // 1 / √2
    }

    /// eˣ / Σ eˣ over the last axis, without overflow.
    public func softmax() -> Tensor {
        let powers = (self - maximum(over: [-1], axes: .kept).detached()).exp()
        return powers / powers.sum(over: [-1], axes: .kept)
    }
}
