/// Which gradients of a norm are wanted, and where they go; what kernels of all norms share.
package struct NormGradients {
    /// Like the rows, […, D].
    package let x: GradientSlot?
    /// [D].
    package let weight: GradientSlot?
    /// [B, D], or [D].
    package let shift: GradientSlot?
    /// [B, D].
    package let scale: GradientSlot?

    package init(
        x: GradientSlot?, weight: GradientSlot? = nil, shift: GradientSlot? = nil, scale: GradientSlot? = nil
    ) {
        (self.x, self.weight, self.shift, self.scale) = (x, weight, shift, scale)
    }

    /// Whether sums over rows are wanted.
    package var needsSums: Bool { weight != nil || shift != nil || scale != nil }

    /// What the gradient keeps of each row of x: its inverse deviation, [rows], or mean and inverse deviation, [rows, 2].
    ///
    /// - Parameter centres: whether means are subtracted (layer norm) or not (RMS norm).
    package static func statistics(of x: TensorSpec, centres: Bool) -> TensorSpec {
        let rows = x.shape.last == 0 ? 0 : x.shape.count / x.shape.last
        return TensorSpec(centres ? [rows, 2] : [rows])
    }
}
