/// The closed set of operations that every device implements; all other operations are compositions of these.
///
/// All work on strided views whose shapes have been checked and broadcast by the caller.
public enum PrimitiveOp: Sendable {
    /// output = value.
    case fill(Float)
    /// output = input, any strides on both sides.
    case copy
    /// output = input converted to the output's type; float → integer truncates towards zero and saturates.
    case cast
    /// output = condition ≠ 0 ? a : b; inputs (condition, a, b), all float32.
    case select
    /// output = f(input), float32.
    case unary(UnaryFunction)
    /// output = f(a, b), float32.
    case binary(BinaryFunction)
    /// Reduces the axes along which the output has extent 1 and the input more; both have the same rank.
    case reduce(Reduction)
    /// output[…, M, N] = scale · a[…, M, K] × b[…, K, N]; leading axes are equal (stride 0 where broadcast).
    case matmul(scale: Float)
    /// output[n, :] = table[indices[n], :]; inputs (table [V, D], indices int32 [N]).
    case gatherRows
    /// output[v, :] = Σ over n with indices[n] = v of values[n, :]; inputs (values [N, D], indices int32 [N]); in order
    /// of n.
    case scatterAddRows
    /// Image [B, C, H, W] → patches [B, L, C·kh·kw], zero padded; a patch is ordered (channel, row, column).
    case unfold(PatchGeometry)
    /// Patches [B, L, C·kh·kw] → image [B, C, H, W]; overlapping contributions add. The adjoint of `unfold`.
    case fold(PatchGeometry)
    /// Fills with random numbers; element i uses position i of the generator's stream.
    case random(RandomDistribution, Philox)
}

/// Elementwise functions of one argument.
public enum UnaryFunction: Sendable, Hashable {
    case negate, absolute, square, squareRoot, reciprocalSquareRoot, reciprocal
    case exponential, logarithm, sine, cosine, tanh, sigmoid, silu, errorFunction
    /// scale · x + shift.
    case affine(scale: Float, shift: Float)
    /// Limits x to lower … upper.
    case clamp(lower: Float, upper: Float)
}

/// Elementwise functions of two arguments; comparisons give 1 or 0.
public enum BinaryFunction: Sendable, Hashable, CaseIterable {
    case add, subtract, multiply, divide, maximum, minimum
    case isLess, isLessOrEqual, isEqual
}

/// Reductions; sums use several accumulators or Float64.
public enum Reduction: Sendable, Hashable, CaseIterable {
    case sum, maximum, sumOfSquares
}

/// Sliding windows over an image.
public struct PatchGeometry: Sendable, Hashable {
    /// Window height and width in pixels.
    public let kernel: (height: Int, width: Int)
    public let stride: (height: Int, width: Int)
    /// Zeros added on each side.
    public let padding: (height: Int, width: Int)

    public init(
        kernel: (height: Int, width: Int), stride: (height: Int, width: Int),
        padding: (height: Int, width: Int) = (0, 0)
    ) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// Non-overlapping square patches.
    public static func patches(of size: Int) -> PatchGeometry {
        PatchGeometry(kernel: (size, size), stride: (size, size))
    }

    /// Whether every window is one pixel and every pixel a window.
    public var isPointwise: Bool { kernel == (1, 1) && stride == (1, 1) && padding == (0, 0) }

    /// Number of window positions down and across an image.
    public func grid(height: Int, width: Int) -> (rows: Int, columns: Int) {
        (
            (height + 2 * padding.height - kernel.height) / stride.height + 1,
            (width + 2 * padding.width - kernel.width) / stride.width + 1
        )
    }

    public static func == (a: PatchGeometry, b: PatchGeometry) -> Bool {
        a.kernel == b.kernel && a.stride == b.stride && a.padding == b.padding
    }

    public func hash(into hasher: inout Hasher) {
        for value in [kernel.height, kernel.width, stride.height, stride.width, padding.height, padding.width] {
            hasher.combine(value)
        }
    }
}

/// Distributions of the `random` primitive.
public enum RandomDistribution: Sendable, Hashable, CaseIterable {
    /// Uniform in 0 ..< 1.
    case uniform
    /// Standard normal.
    case normal
}
