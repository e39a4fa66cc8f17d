import Foundation

/// The weights of UniPC's differences of predicted images (Zhao et al., arXiv:2302.04867, with B(h) = eʰ − 1, "bh2").
enum UniPCCoefficients {
    /// Weights ρ of the differences (x̂ᵢ − x̂₀) / rᵢ, in units of the step's gain.
    ///
    /// They solve Σ rⱼᵏ⁻¹ ρⱼ = k! φₖ₊₁(−h) / (e⁻ʰ − 1), k = 1 … n. A single difference gets ½ as in the authors' code,
    /// which keeps order 2.
    ///
    /// - Parameters:
    ///   - ratios: rᵢ = (λᵢ − λ_start) / h, all different; below 0 in the past, 1 at the step's end.
    ///   - width: h, finite unless there is at most one ratio.
    static func weights(ratios: [Double], width: Double) -> [Double] {
        guard ratios.count > 1 else { return ratios.map { _ in 0.5 } }
        let exponent = -width
        let gain = expm1(exponent)
        var phi = gain / exponent - 1
        var factorial = 1.0
        var rows: [[Double]] = []
        for row in 1...ratios.count {
            rows.append(ratios.map { pow($0, Double(row - 1)) } + [phi * factorial / gain])
            factorial *= Double(row + 1)
            phi = phi / exponent - 1 / factorial
        }
        return solution(of: rows)
    }

    /// Gauss's elimination with pivots; each row is an equation, the right side last.
    private static func solution(of equations: [[Double]]) -> [Double] {
        var rows = equations
        for column in rows.indices {
            let pivot = rows.indices[column...].max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
            rows.swapAt(column, pivot)
            for row in rows.indices where row != column {
                let factor = rows[row][column] / rows[column][column]
                for place in column...rows.count { rows[row][place] -= factor * rows[column][place] }
            }
        }
        return rows.indices.map { rows[$0][rows.count] / rows[$0][$0] }
    }
}
