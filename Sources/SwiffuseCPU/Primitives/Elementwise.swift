internal import CKernels
internal import SwiffuseTensor

extension CPURuntime {
    /// Elements that are worth a task of their own.
    static let elementGrain = 16384

    func unary(_ function: UnaryFunction, _ x: BufferView, _ output: BufferView, _ mode: WriteMode) {
        let (code, parameters) = function.kernel
        let (source, target, adds) = (x.floats, output.floats, mode == .accumulate)
        let loop = StridedLoop([output, x])
        loop.withKernelLoop { loop in
            pool.run(over: output.count, grain: Self.elementGrain) { range in
                withUnsafePointer(to: parameters) { pair in
                    pair.withMemoryRebound(to: Float.self, capacity: 2) {
                        ck_unary(code, $0, loop, source, target, adds, range.lowerBound, range.upperBound)
                    }
                }
            }
        }
    }

    func binary(
        _ function: BinaryFunction, _ a: BufferView, _ b: BufferView, _ output: BufferView, _ mode: WriteMode
    ) {
        let (left, right, target) = (a.floats, b.floats, output.floats)
        let (code, adds) = (function.kernel, mode == .accumulate)
        StridedLoop([output, a, b]).withKernelLoop { loop in
            pool.run(over: output.count, grain: Self.elementGrain) { range in
                ck_binary(code, loop, left, right, target, adds, range.lowerBound, range.upperBound)
            }
        }
    }

    func select(_ inputs: [BufferView], _ output: BufferView, _ mode: WriteMode) {
        let (condition, a, b) = (inputs[0].floats, inputs[1].floats, inputs[2].floats)
        let (target, adds) = (output.floats, mode == .accumulate)
        StridedLoop([output] + inputs).withKernelLoop { loop in
            pool.run(over: output.count, grain: Self.elementGrain) { range in
                ck_select(loop, condition, a, b, target, adds, range.lowerBound, range.upperBound)
            }
        }
    }
}

extension UnaryFunction {
    /// The C kernel's name for this function, and its two parameters.
    fileprivate var kernel: (ck_unary_function, (Float, Float)) {
        switch self {
        case .negate: (ck_negate, (0, 0))
        case .absolute: (ck_absolute, (0, 0))
        case .square: (ck_square, (0, 0))
        case .squareRoot: (ck_square_root, (0, 0))
        case .reciprocalSquareRoot: (ck_reciprocal_square_root, (0, 0))
        case .reciprocal: (ck_reciprocal, (0, 0))
        case .exponential: (ck_exponential, (0, 0))
        case .logarithm: (ck_logarithm, (0, 0))
        case .sine: (ck_sine, (0, 0))
        case .cosine: (ck_cosine, (0, 0))
        case .tanh: (ck_tangent_hyperbolic, (0, 0))
        case .sigmoid: (ck_logistic, (0, 0))
        case .silu: (ck_silu, (0, 0))
        case .errorFunction: (ck_error_function, (0, 0))
        case .affine(let scale, let shift): (ck_affine, (scale, shift))
        case .clamp(let lower, let upper): (ck_clamp, (lower, upper))
        }
    }
}

extension BinaryFunction {
    fileprivate var kernel: ck_binary_function {
        switch self {
        case .add: ck_add
        case .subtract: ck_subtract
        case .multiply: ck_multiply
        case .divide: ck_divide
        case .maximum: ck_maximum
        case .minimum: ck_minimum
        case .isLess: ck_is_less
        case .isLessOrEqual: ck_is_less_or_equal
        case .isEqual: ck_is_equal
        }
    }
}
