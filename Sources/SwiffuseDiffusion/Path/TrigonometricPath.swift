import Foundation

/// The variance-preserving path on a quarter circle ("GVP"): α² + σ² = 1.
///
/// ## Differences
/// The official code's path runs the other way (α = cos(πt/2), so t = 0 is the image), and its rates lack the factor
/// π/2; with it neither training nor sampling reach the image at t = 1. `official` reproduces those numbers; `paper`,
/// the default, is α = sin(πt/2), σ = cos(πt/2) with exact rates (SiT, arXiv:2401.08740).
public struct TrigonometricPath: NoisePath, Component {
    public enum Variant: String, Codable, CaseIterable, Sendable {
        case official, paper
    }

    public struct Configuration: ComponentConfiguration {
        /// Whose path: the paper's, or that of the official code.
        public var variant = Variant.paper

        public init() {}
    }

    public static let key = "gvp"
    public static let summary = "a quarter circle from noise to image: α² + σ² = 1"

    public let variant: Variant

    public init(_ variant: Variant = .paper) { self.variant = variant }

    public init(_ configuration: Configuration, in context: BuildContext) { variant = configuration.variant }

    public func coefficients(at time: Float) -> PathCoefficients {
        // In Float64: where α is small, the drift divides by it.
        let angle = Double(time) * (Double.pi / 2)
        let sine = Float(sin(angle))
        let cosine = Float(cos(angle))
        switch variant {
        case .official:
            let churn = sin(time)
            return PathCoefficients(
                alpha: cosine, sigma: sine, alphaRate: -sine, sigmaRate: cosine, churn: churn * churn)
        case .paper:
            let rate = Float.pi / 2
            return PathCoefficients(
                alpha: sine, sigma: cosine, alphaRate: rate * cosine, sigmaRate: -rate * sine, churn: cosine)
        }
    }
}
