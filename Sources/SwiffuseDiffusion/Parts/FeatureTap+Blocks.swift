public import SwiffuseTensor

extension FeatureTap {
    /// The features asked for, picked from tokens by block.
    ///
    /// - Parameters:
    ///   - taps: what was asked for.
    ///   - tokens: the tokens that enter each of these blocks, [B, N, D].
    public static func features(_ taps: [FeatureTap], from tokens: [Int: Tensor]) -> [FeatureTap: Tensor] {
        var features: [FeatureTap: Tensor] = [:]
        for tap in taps { features[tap] = tokens[tap.block] }
        return features
    }
}
