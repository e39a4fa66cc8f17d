import SwiffuseDiffusion
import Testing

@Suite struct AdamsCoefficientsTests {
    @Test func evenGridsHaveTheClassicalWeights() {
        let times: [Float] = [0.25, 0.5, 0.75, 1]
        let expected: [[Double]] = [
            [1], [-1 / 2, 3 / 2], [5 / 12, -16 / 12, 23 / 12], [-9 / 24, 37 / 24, -59 / 24, 55 / 24],
        ]
        for (order, weights) in expected.enumerated() {
            let found = AdamsCoefficients.weights(times: times.suffix(order + 1), end: 1.25)
            #expect(zip(found, weights).allSatisfy { abs($0 - $1) < 1e-12 }, "order \(order + 1): \(found)")
        }
    }

    @Test func unevenGridsIntegratePolynomialsExactly() {
        let times: [Float] = [0.125, 0.25, 0.5625, 0.625]
        let end: Float = 0.75
        let weights = AdamsCoefficients.weights(times: times, end: end)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
        for power in 0...3 {
            func raised(_ x: Float, _ n: Int) -> Double { (0..<n).reduce(1) { value, _ in value * Double(x) } }
            let sum = zip(times, weights).reduce(0) { $0 + raised($1.0, power) * $1.1 } * 0.125
            let exact = (raised(end, power + 1) - raised(times[3], power + 1)) / Double(power + 1)
            #expect(abs(sum - exact) < 1e-12, "power \(power)")
        }
    }
}
