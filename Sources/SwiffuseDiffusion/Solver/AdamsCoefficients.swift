/// Weights of past velocities in an Adams–Bashforth step on an uneven grid.
///
/// The weights are the integrals over the step of the Lagrange polynomials through the past times, divided by their
/// sum. They are computed in Float64: in Float32, as the official code does, those of order 4 are wrong by 0.7 at 50
/// even steps.
public enum AdamsCoefficients {
    /// - Parameters:
    ///   - times: past times, oldest first; the last is the start of the step. Up to order many, all different.
    ///   - end: the end of the step.
    /// - Returns: one weight per time, oldest first; they sum to 1.
    public static func weights(times: [Float], end: Float) -> [Double] {
        guard let start = times.last else { return [] }
        // In units of the step, counted from its start, the numbers stay of order 1.
        let width = Double(end) - Double(start)
        let nodes = times.map { (Double($0) - Double(start)) / width }
        let integrals = nodes.indices.map { integral(ofBasis: $0, nodes: nodes) }
        let total = integrals.reduce(0, +)
        return integrals.map { $0 / total }
    }

    /// ∫₀¹ of the Lagrange polynomial that is 1 at one node and 0 at the others, from its coefficients.
    private static func integral(ofBasis index: Int, nodes: [Double]) -> Double {
        var polynomial = [1.0]
        for (other, node) in nodes.enumerated() where other != index {
            let scale = 1 / (nodes[index] - node)
            var product = [Double](repeating: 0, count: polynomial.count + 1)
            for (power, coefficient) in polynomial.enumerated() {
                product[power] -= coefficient * node * scale
                product[power + 1] += coefficient * scale
            }
            polynomial = product
        }
        return polynomial.enumerated().reduce(0) { $0 + $1.element / Double($1.offset + 1) }
    }
}
