public import SwiffuseDiffusion

/// What every `NoisePath` must do.
public enum PathConformance {
    /// - Returns: the rules that the path breaks.
    public static func findings(for path: some NoisePath) -> [ConformanceFinding] {
        var list = FindingList()
        let (start, end) = (path.coefficients(at: 0), path.coefficients(at: 1))
        list.expect(
            abs(start.alpha) < 1e-5 && abs(start.sigma - 1) < 1e-5, "t = 0 is pure noise",
            "α = \(start.alpha), σ = \(start.sigma)")
        list.expect(
            abs(end.alpha - 1) < 1e-5 && abs(end.sigma) < 1e-5, "t = 1 is the image",
            "α = \(end.alpha), σ = \(end.sigma)")
        let times = (0...40).map { Float($0) / 40 }
        let points = times.map { path.coefficients(at: $0) }
        let falling = zip(points, points.dropFirst()).contains { $1.alpha < $0.alpha || $1.sigma > $0.sigma }
        list.expect(!falling, "the image's share never falls and the noise's never rises", "it does")
        for (time, point) in zip(times, points) {
            let numbers = [point.alpha, point.sigma, point.alphaRate, point.sigmaRate, point.churn]
            list.expect(numbers.allSatisfy(\.isFinite), "coefficients are finite", "at t = \(time): \(numbers)")
            list.expect(
                point.determinant > 0, "velocity and position determine the image",
                "α′σ − σ′α = \(point.determinant) at t = \(time)")
        }
        checkRates(of: path, list: &list)
        return list.findings
    }

    private static func checkRates(of path: some NoisePath, list: inout FindingList) {
        let step: Float = 1 / 128
        for time: Float in [0.0625, 0.25, 0.5, 0.75, 0.9375] {
            let (before, here, after) = (
                path.coefficients(at: time - step), path.coefficients(at: time), path.coefficients(at: time + step)
            )
            let alpha = (after.alpha - before.alpha) / (2 * step)
            let sigma = (after.sigma - before.sigma) / (2 * step)
            list.expect(
                abs(alpha - here.alphaRate) < 2e-3 && abs(sigma - here.sigmaRate) < 2e-3,
                "rates are the derivatives of the shares",
                "at t = \(time): α′ = \(here.alphaRate), measured \(alpha); σ′ = \(here.sigmaRate), measured \(sigma)")
        }
    }
}
