public import SwiffuseDiffusion

/// The size of a DINOv2 encoder; the defaults are ViT-B/14 without registers.
public struct DINOv2Configuration: ComponentConfiguration, Hashable {
    /// The feed-forward layers.
    public enum FeedForward: String, Codable, Sendable, CaseIterable {
        /// Linear – GELU – Linear: S, B and L.
        case mlp
        /// SwiGLU with two thirds of the hidden width, rounded up to a multiple of 8: g.
        case swiGLU = "swiglu"
    }

    /// Side of the pictures that the stored position table is for.
    public var imageSize = 518
    /// Side of a patch in pixels.
    public var patchSize = 14
    /// Width of the tokens.
    public var width = 768
    /// Number of blocks.
    public var depth = 12
    /// Number of attention heads, a divisor of the width.
    public var headCount = 12
    /// Hidden width of the feed-forward layers over the width of the tokens.
    public var mlpRatio = 4.0
    /// Number of register tokens: 4 in the `reg4` models.
    public var registerCount = 0
    /// The form of the feed-forward layers.
    public var feedForward = FeedForward.mlp
    /// What is added to the number of patches before the position table is scaled to it: 0.1; 0 in the `reg4` models.
    public var interpolationOffset = 0.1
    /// Whether the position table is smoothed when it shrinks: true in the `reg4` models.
    public var interpolationAntialias = false

    public init() {}

    /// Side of the stored position table, in patches.
    public var gridSide: Int { imageSize / patchSize }

    /// Hidden width of the feed-forward layers.
    public var hiddenWidth: Int {
        let full = Int(Double(width) * mlpRatio)
        return feedForward == .mlp ? full : (full * 2 / 3 + 7) / 8 * 8
    }

    public func validate() throws(RecipeError) {
        try RecipeError.check((1...256).contains(patchSize), at: "patchSize", found: patchSize, expected: "1 to 256")
        try RecipeError.check(
            (patchSize...8192).contains(imageSize), at: "imageSize", found: imageSize, expected: "patchSize to 8192")
        try RecipeError.check((1...16_384).contains(width), at: "width", found: width, expected: "1 to 16384")
        try RecipeError.check((1...256).contains(depth), at: "depth", found: depth, expected: "1 to 256")
        try RecipeError.check(
            headCount >= 1 && width % max(headCount, 1) == 0, at: "headCount", found: headCount,
            expected: "a divisor of the width \(width)")
        try RecipeError.check(
            mlpRatio.isFinite && mlpRatio > 0 && mlpRatio <= 16 && hiddenWidth >= 1, at: "mlpRatio", found: mlpRatio,
            expected: "a positive number up to 16")
        try RecipeError.check(
            (0...1024).contains(registerCount), at: "registerCount", found: registerCount, expected: "0 to 1024")
        try RecipeError.check(
            (0..<1).contains(interpolationOffset), at: "interpolationOffset", found: interpolationOffset,
            expected: "0 or more, below 1")
    }
}
