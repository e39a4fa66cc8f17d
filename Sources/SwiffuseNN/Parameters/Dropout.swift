public import SwiffuseTensor

/// Which values dropout removes: a pure function of a key and the site's path, so that recomputing gives the same
/// masks.
public enum Dropout: Sendable {
    /// Nothing is removed: sampling and evaluation.
    case off
    /// Masks drawn from a generator, each site from its own stream.
    case random(Philox)
    /// Given masks by site path; 1 keeps, 0 removes.
    case masks([String: Tensor])

    /// x with a share of its values set to 0 and the others scaled by 1/(1 − rate) (Srivastava et al. 2014).
    ///
    /// - Parameters:
    ///   - x: any shape.
    ///   - rate: probability of removing a value, 0 ..< 1.
    ///   - site: path of the module that asks.
    public func callAsFunction(_ x: Tensor, rate: Float, site: String) -> Tensor {
        if rate == 0 { return x }
        switch self {
        case .off: return x
        case .random(let key):
            let label = site.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            // Drawn on the device: Philox gives the same numbers everywhere, and nothing crosses from the host.
            let uniform = Tensor.random(.uniform, x.shape, from: key.split(label), on: x.device)
            let threshold = Tensor.filled(rate, shape: [], on: x.device)
            return x * (threshold.isLessOrEqual(to: uniform) * (1 / (1 - rate)))
        case .masks(let masks):
            guard let mask = masks[site] else { fatalError("dropout: no mask given for \(site)") }
            return x * (mask.reshaped(to: x.shape.dimensions) * (1 / (1 - rate)))
        }
    }
}
