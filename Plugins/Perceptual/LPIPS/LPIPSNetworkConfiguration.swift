public import SwiffuseDiffusion

/// The network that LPIPS looks through; the defaults are VGG-16, with learned heads where there are any.
public struct LPIPSNetworkConfiguration: ComponentConfiguration, Hashable {
    /// How the channels of a stage count.
    public enum Heads: String, Codable, Sendable, CaseIterable {
        /// By learned weights where a loss is given some, else all alike; by learned ones in a network by itself.
        case automatic
        /// By learned weights, as in the `lpips` package.
        case learned
        /// All alike, with weight 1.
        case uniform
    }

    /// Where the learned weights stand.
    public enum Weighting: String, Codable, Sendable, CaseIterable {
        /// They multiply squared differences: the `lpips` package.
        case official
        /// They multiply differences before squaring: PixelGen (arXiv:2602.02493), eq. 7.
        case paper
    }

    /// Channels of the five stages.
    public var widths = [64, 128, 256, 512, 512]
    /// How the channels of a stage count.
    public var heads = Heads.automatic
    /// Where the learned weights stand.
    public var weighting = Weighting.official

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check(
            widths.count == VGGFeatures.depths.count, at: "widths", found: "\(widths.count) widths",
            expected: "five, one for each stage")
        for (index, width) in widths.enumerated() {
            try RecipeError.check(
                (1...4096).contains(width), at: "widths.\(index)", found: width, expected: "1 to 4096")
        }
    }
}
