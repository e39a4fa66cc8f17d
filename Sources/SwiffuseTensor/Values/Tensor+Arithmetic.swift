extension Tensor {
    /// f(self, other), elementwise with broadcasting, unrecorded.
    func combined(_ function: BinaryFunction, with other: Tensor) -> Tensor {
        require(
            dtype == .float32 && other.dtype == .float32, "\(function)",
            "float32 expected, got \(spec) and \(other.spec)")
        guard let target = shape.broadcast(with: other.shape) else {
            fatalError("\(function): shapes \(shape) and \(other.shape) do not broadcast")
        }
        let operands = [detached().broadcast(to: target), other.detached().broadcast(to: target)]
        return Primitive.run(.binary(function), operands, output: TensorSpec(target))
    }

    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let (left, right) = (a.shape, b.shape)
        return a.combined(.add, with: b)
            .recorded(Pullback(a) { $0.summed(to: left) }, Pullback(b) { $0.summed(to: right) })
    }

    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let (left, right) = (a.shape, b.shape)
        return a.combined(.subtract, with: b)
            .recorded(Pullback(a) { $0.summed(to: left) }, Pullback(b) { (-$0).summed(to: right) })
    }

    public static func * (a: Tensor, b: Tensor) -> Tensor {
        let (left, right) = (a.detached(), b.detached())
        return a.combined(.multiply, with: b).recorded(
            Pullback(a) { ($0 * right).summed(to: left.shape) }, Pullback(b) { ($0 * left).summed(to: right.shape) })
    }

    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let (left, right) = (a.detached(), b.detached())
        return a.combined(.divide, with: b).recorded(
            Pullback(a) { ($0 / right).summed(to: left.shape) },
            Pullback(b) { (-($0 * left) / right.squared()).summed(to: right.shape) })
    }

    public static func + (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: b) }
    public static func + (a: Float, b: Tensor) -> Tensor { b.affine(scale: 1, shift: a) }
    public static func - (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: -b) }
    public static func - (a: Float, b: Tensor) -> Tensor { b.affine(scale: -1, shift: a) }
    public static func * (a: Tensor, b: Float) -> Tensor { a.affine(scale: b, shift: 0) }
    public static func * (a: Float, b: Tensor) -> Tensor { b.affine(scale: a, shift: 0) }
    public static func / (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1 / b, shift: 0) }
    public static prefix func - (a: Tensor) -> Tensor { a.affine(scale: -1, shift: 0) }

    /// The larger of two values; where they are equal, the gradient goes to the first.
    public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(.maximum, a, b) }

    /// The smaller of two values; where they are equal, the gradient goes to the first.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(.minimum, a, b) }

    private static func extremum(_ function: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
        let (left, right) = (a.detached(), b.detached())
        let value = a.combined(function, with: b)
        return value.recorded(
            Pullback(a) { ($0 * left.isEqual(to: value)).summed(to: left.shape) },
            Pullback(b) { ($0 * (1 - left.isEqual(to: value))).summed(to: right.shape) })
    }

    /// 1 where self < other, else 0.
    public func isLess(than other: Tensor) -> Tensor { combined(.isLess, with: other) }

    /// 1 where self ≤ other, else 0.
    public func isLessOrEqual(to other: Tensor) -> Tensor { combined(.isLessOrEqual, with: other) }

    /// 1 where self = other, else 0.
    public func isEqual(to other: Tensor) -> Tensor { combined(.isEqual, with: other) }

    /// a where self ≠ 0, else b; a and b broadcast to the shape of the condition.
    public func select(_ a: Tensor, else b: Tensor) -> Tensor {
        let condition = detached()
        let choices = [a.detached().broadcast(to: shape), b.detached().broadcast(to: shape)]
        let zero = Tensor.zeros([], on: device)
        let (left, right) = (a.shape, b.shape)
        return Primitive.run(.select, [condition] + choices, output: TensorSpec(shape)).recorded(
            Pullback(a) { condition.select($0, else: zero).summed(to: left) },
            Pullback(b) { condition.select(zero, else: $0).summed(to: right) })
    }
}
