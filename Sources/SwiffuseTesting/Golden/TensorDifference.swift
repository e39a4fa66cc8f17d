/// How far a computed tensor is from its reference, in Float64.
public struct TensorDifference: Sendable, Hashable {
    /// ‖a − b‖ / ‖b‖.
    public let relativeL2: Double
    /// max|a − b| / max|b|.
    public let relativeMaximum: Double
    /// max|a − b|.
    public let absoluteMaximum: Double
    /// Whether every reference value is exactly 0, so that only the absolute difference means anything.
    public let isReferenceZero: Bool
    /// Number of positions where either value is not a number.
    public let notANumberCount: Int

    /// - Parameters:
    ///   - computed: row-major.
    ///   - reference: as many values.
    public init(_ computed: [Double], reference: [Double]) {
        var (squares, referenceSquares) = (0.0, 0.0)
        var (largest, referenceLargest) = (0.0, 0.0)
        var notANumberCount = 0
        for (a, b) in zip(computed, reference) {
            if a.isNaN || b.isNaN {
                notANumberCount += 1
            } else if a == b, b.isInfinite {
                continue  // Equal infinities differ by nothing, but inf − inf is not a number.
            } else {
                let difference = a - b
                squares += difference * difference
                largest = max(largest, abs(difference))
                if b.isFinite {
                    referenceSquares += b * b
                    referenceLargest = max(referenceLargest, abs(b))
                }
            }
        }
        relativeL2 = TensorDifference.ratio(squares.squareRoot(), referenceSquares.squareRoot())
        relativeMaximum = TensorDifference.ratio(largest, referenceLargest)
        absoluteMaximum = largest
        isReferenceZero = reference.allSatisfy { $0 == 0 }
        self.notANumberCount = notANumberCount
    }

    private static func ratio(_ difference: Double, _ size: Double) -> Double {
        difference == 0 ? 0 : difference / size
    }
}
