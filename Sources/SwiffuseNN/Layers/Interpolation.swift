public import SwiffuseTensor

/// How the pixels between samples are found.
public enum Interpolation: Sendable, Hashable {
    /// Straight lines between neighbours.
    case bilinear
    /// Cubic convolution (Keys 1981) over four neighbours, a = −0.75; a = −0.5 with antialiasing.
    case bicubic

    fileprivate var support: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    fileprivate func weight(at x: Double, sharpness a: Double) -> Double {
        let x = abs(x)
        switch self {
        case .bilinear: return max(0, 1 - x)
        case .bicubic:
            if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        }
    }
}

/// Resampling of one axis as a matrix, rows summing to 1; places outside read the border.
public struct AxisResampling: Sendable, Hashable {
    /// Where pixels lie.
    public enum Placement: Sendable, Hashable {
        /// Their centres at half integers: torch.nn.functional.interpolate with align_corners=False.
        case centers
        /// Their first corners at whole numbers: TensorFlow 1's resize_bilinear.
        case corners
    }

    public let inputCount: Int
    public let outputCount: Int
    public let interpolation: Interpolation
    /// Whether the kernel widens when pictures shrink, so that every sample counts.
    public let isAntialiased: Bool
    /// Input pixels per output pixel; input / output unless a scale factor was asked for.
    public let scale: Double
    public let placement: Placement

    /// - Parameters:
    ///   - scale: input pixels per output pixel; input / output if nil.
    ///   - placement: where pixels lie; only `.centers` with antialiasing.
    public init(
        from inputCount: Int, to outputCount: Int, interpolation: Interpolation, isAntialiased: Bool = false,
        scale: Double? = nil, placement: Placement = .centers
    ) {
        require(
            !isAntialiased || placement == .centers, "AxisResampling", "antialiasing with pixels placed at corners")
        self.inputCount = inputCount
        self.outputCount = outputCount
        self.interpolation = interpolation
        self.isAntialiased = isAntialiased
        self.scale = scale ?? Double(inputCount) / Double(outputCount)
        self.placement = placement
    }

    /// Weights [outputCount, inputCount], computed in Float64.
    public var matrix: [Float] {
        (0..<outputCount).flatMap { isAntialiased ? antialiasedRow($0) : plainRow($0) }.map(Float.init)
    }

    private func plainRow(_ output: Int) -> [Double] {
        var center = placement == .corners ? Double(output) * scale : (Double(output) + 0.5) * scale - 0.5
        if interpolation == .bilinear { center = max(0, center) }
        let first = Int(center.rounded(.down)) - (interpolation == .bicubic ? 1 : 0)
        var row = [Double](repeating: 0, count: inputCount)
        for tap in first..<first + 2 * Int(interpolation.support) {
            row[min(max(tap, 0), inputCount - 1)] += interpolation.weight(at: Double(tap) - center, sharpness: -0.75)
        }
        return row
    }

    private func antialiasedRow(_ output: Int) -> [Double] {
        let widening = max(scale, 1)
        let support = interpolation.support * widening
        let center = (Double(output) + 0.5) * scale
        let start = max(0, Int(center - support + 0.5))
        let end = min(inputCount, Int(center + support + 0.5))
        var row = [Double](repeating: 0, count: inputCount)
        for tap in start..<max(start, end) {
            row[tap] = interpolation.weight(at: (Double(tap) - center + 0.5) / widening, sharpness: -0.5)
        }
        let sum = row.reduce(0, +)
        return sum == 0 ? row : row.map { $0 / sum }
    }
}

extension Tensor {
    /// The pictures at another size; the gradient flows through.
    ///
    /// - Parameters:
    ///   - rows: how the height changes.
    ///   - columns: how the width changes.
    /// - Returns: [B, C, rows.outputCount, columns.outputCount] for a self of [B, C, H, W].
    public func interpolated(rows: AxisResampling, columns: AxisResampling) -> Tensor {
        let (batch, channels) = (shape[0], shape[1])
        let across = Tensor(columns.matrix, shape: [columns.outputCount, columns.inputCount], on: device)
        let down = Tensor(rows.matrix, shape: [rows.outputCount, rows.inputCount], on: device)
        let wide = reshaped(to: -1, columns.inputCount).matmul(across.transposed())
        return down.matmul(wide.reshaped(to: batch * channels, rows.inputCount, columns.outputCount))
            .reshaped(to: batch, channels, rows.outputCount, columns.outputCount)
    }
}
