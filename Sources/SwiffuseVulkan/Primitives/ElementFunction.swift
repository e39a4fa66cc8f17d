internal import SwiffuseTensor

/// What the elementwise kernel computes; the raw values are the numbers in `elementwise.comp`.
enum ElementFunction: UInt32 {
    case identity, negate, absolute, square, squareRoot, reciprocalSquareRoot, reciprocal
    case exponential, logarithm, sine, cosine, tanh, sigmoid, silu, errorFunction
    case affine, clamp, constant
    /// x · Φ(x).
    case gelu

    case add = 32
    case subtract, multiply, divide, maximum, minimum, isLess, isLessOrEqual, isEqual
    /// first · a + second · b.
    case blend
    /// silu(a) · b.
    case gatedSilu
    /// The gradient of gelu(a), for the cotangent b.
    case geluGradient

    case select = 64
    /// a + b · c.
    case multiplyAdd
    /// The gradient of silu(a) · b with respect to a, for the cotangent c.
    case gatedSiluGradient
}

extension UnaryFunction {
    /// The kernel's function and its two parameters.
    var kernelFunction: (ElementFunction, (Float, Float)) {
        switch self {
        case .negate: (.negate, (0, 0))
        case .absolute: (.absolute, (0, 0))
        case .square: (.square, (0, 0))
        case .squareRoot: (.squareRoot, (0, 0))
        case .reciprocalSquareRoot: (.reciprocalSquareRoot, (0, 0))
        case .reciprocal: (.reciprocal, (0, 0))
        case .exponential: (.exponential, (0, 0))
        case .logarithm: (.logarithm, (0, 0))
        case .sine: (.sine, (0, 0))
        case .cosine: (.cosine, (0, 0))
        case .tanh: (.tanh, (0, 0))
        case .sigmoid: (.sigmoid, (0, 0))
        case .silu: (.silu, (0, 0))
        case .errorFunction: (.errorFunction, (0, 0))
        case .affine(let scale, let shift): (.affine, (scale, shift))
        case .clamp(let lower, let upper): (.clamp, (lower, upper))
        }
    }
}

extension BinaryFunction {
    var kernelFunction: ElementFunction {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .maximum: .maximum
        case .minimum: .minimum
        case .isLess: .isLess
        case .isLessOrEqual: .isLessOrEqual
        case .isEqual: .isEqual
        }
    }
}
