#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The power-function average of a run's parameters (Karras et al., "Analyzing and Improving the Training Dynamics of
/// Diffusion Models", arXiv:2312.02696, section 3.1).
///
/// After t updates it is θ̂ = (γ + 1)/t^(γ+1) · ∫₀ᵗ τ^γ θ(τ) dτ: a peak whose width is a fixed share σ_rel of the training
/// time so far.
public struct PowerFunction: Sendable, Hashable {
    /// γ, 0 or more; larger values weight the last updates more.
    public let exponent: Double

    public init(exponent: Double) { self.exponent = exponent }

    /// The function of a relative length σ_rel in 0…0.288.
    ///
    /// γ is the largest root of γ³ + 7γ² + (16 − σ⁻²)γ + 12 − σ⁻² = 0, the relation below squared (appendix C).
    public init(relativeLength: Double) {
        let inverse = 1 / (relativeLength * relativeLength)
        func value(_ x: Double) -> Double { ((x + 7) * x + 16 - inverse) * x + 12 - inverse }
        // The polynomial is negative at 0 and rises for good once it is positive.
        var (low, high) = (0.0, 1.0)
        while value(high) < 0 { high *= 2 }
        while true {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if value(middle) < 0 { low = middle } else { high = middle }
        }
        exponent = value(0) >= 0 ? 0 : high
    }

    /// σ_rel = (γ + 1)^½ (γ + 2)⁻¹ (γ + 3)^−½.
    public var relativeLength: Double { ((exponent + 1) / (exponent + 3)).squareRoot() / (exponent + 2) }

    /// β = (1 − 1/t)^(γ+1): the share of the old average that update t keeps, t counted from 1.
    public func decay(at step: Int) -> Double { pow(1 - 1 / Double(step), exponent + 1) }
}

/// A power-function average at a moment: its weight on the parameters at time τ is (γ + 1) τ^γ / t^(γ+1) for τ ≤ t.
struct AverageProfile: Sendable, Hashable {
    /// t, the number of updates done.
    let step: Int
    let function: PowerFunction

    /// ∫ p q dτ, what the least-squares fit is made of (appendix C).
    func product(with other: AverageProfile) -> Double {
        let (a, b) = (function.exponent, other.function.exponent)
        let ratio = Double(step) / Double(other.step)
        let power = pow(ratio, step < other.step ? b : -a)
        return (a + 1) * (b + 1) * power / ((a + b + 1) * Double(max(step, other.step)))
    }

    /// The factors with which stored averages sum up to one that is closest to this (appendix C).
    ///
    /// - Returns: a factor per profile; nil if the stored averages are too alike to tell apart.
    func weights(over stored: [AverageProfile]) -> [Double]? {
        LinearSystem(
            matrix: stored.map { row in stored.map { row.product(with: $0) } },
            rightSide: stored.map { $0.product(with: self) }
        ).solution
    }
}

/// A small system of linear equations.
struct LinearSystem {
    let matrix: [[Double]]
    let rightSide: [Double]

    /// By elimination with row pivots; nil if the matrix is singular.
    var solution: [Double]? {
        let count = rightSide.count
        var rows = zip(matrix, rightSide).map { $0 + [$1] }
        for column in 0..<count {
            guard let pivot = (column..<count).max(by: { rows[$0][column].magnitude < rows[$1][column].magnitude }),
                rows[pivot][column] != 0
            else { return nil }
            rows.swapAt(column, pivot)
            for row in column + 1..<max(count, column + 1) {
                let factor = rows[row][column] / rows[column][column]
                if factor == 0 { continue }
                for index in column...count { rows[row][index] -= factor * rows[column][index] }
            }
        }
        var values = [Double](repeating: 0, count: count)
        for row in (0..<count).reversed() {
            let known = (row + 1..<max(count, row + 1)).reduce(0) { $0 + rows[row][$1] * values[$1] }
            values[row] = (rows[row][count] - known) / rows[row][row]
        }
        return values.allSatisfy(\.isFinite) ? values : nil
    }
}
