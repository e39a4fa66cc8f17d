/// A factor on the loss that depends on the time alone, with the official code's names.
///
/// ## Differences
/// In the official code `minsnr` clips α/σ from below at 5 and `maxsnr` from above, and the signal-to-noise ratio is
/// α/σ, not its square; the names and numbers are kept.
public enum LossWeighting: String, Codable, CaseIterable, Sendable {
    case constant
    case inverseSigma = "inverse-sigma"
    case snr
    case minimumSNR = "minsnr"
    case maximumSNR = "maxsnr"

    /// The factor at a point of the path. At σ = 0 the unclipped ones are infinite.
    public func callAsFunction(_ point: PathCoefficients) -> Float {
        let ratio = point.alpha / point.sigma
        return switch self {
        case .constant: 1
        case .inverseSigma: 1 / (point.sigma * point.sigma)
        case .snr: ratio
        case .minimumSNR: max(ratio, 5)
        case .maximumSNR: min(ratio, 5)
        }
    }
}
