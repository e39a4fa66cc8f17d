public import SwiffuseDiffusion

/// The settings of a JiT backbone; the defaults are JiT-L/16 (PixelGen `configs_c2i/JiT_Large_Baseline.yaml`).
public struct JiTConfiguration: ComponentConfiguration {
    /// Side of a patch in pixels, p.
    public var patchSize = 16
    /// Width of the tokens, D.
    public var hiddenSize = 1024
    /// Number of blocks.
    public var depth = 24
    /// Number of attention heads; the width must be a multiple of four times as many.
    public var headCount = 16
    /// The feed-forward layers' hidden width is ⌊2/3 ⌊D · ratio⌋⌋.
    public var mlpRatio = 4.0
    /// Width between the two maps of the patch embedding; 0 for a single map.
    public var bottleneckSize = 128
    /// Number of context tokens that carry the class; 0 for none.
    public var inContextLength = 32
    /// The block before which context tokens are inserted.
    public var inContextStart = 8
    /// Dropout on attention outputs and feed-forward hidden values, in the middle half of the blocks.
    public var projectionDropout = 0.0
    /// Number of blocks of a pixel decoder in place of the final linear map (DeCo, arXiv:2511.19365); 0 for the map.
    public var decoderDepth = 0
    /// Width of the pixel decoder: values per pixel.
    public var decoderWidth = 32
    /// Compute each block again in the backward pass instead of keeping its inner values: less memory, more time.
    public var recompute = false

    public init() {}

    /// Hidden width of the feed-forward layers.
    public var feedForwardWidth: Int { Int(Double(Int(Double(hiddenSize) * mlpRatio)) * 2 / 3) }

    /// Whether a block lies in the middle half, where dropout acts: ⌊depth/4⌋ ≤ block < 3⌊depth/4⌋.
    func dropsOut(inBlock block: Int) -> Bool { block >= depth / 4 && block < 3 * (depth / 4) }

    public func validate() throws(RecipeError) {
        try TransformerSize(patchSize: patchSize, hiddenSize: hiddenSize, depth: depth, headCount: headCount).validate()
        try RecipeError.check(
            mlpRatio.isFinite && mlpRatio > 0 && mlpRatio <= 16 && feedForwardWidth >= 1, at: "mlpRatio",
            found: mlpRatio, expected: "a positive number up to 16")
        try RecipeError.check(
            (0...16_384).contains(bottleneckSize), at: "bottleneckSize", found: bottleneckSize, expected: "0 to 16384")
        try RecipeError.check(
            (0...4096).contains(inContextLength), at: "inContextLength", found: inContextLength, expected: "0 to 4096")
        try RecipeError.check(
            inContextLength == 0 || (0..<depth).contains(inContextStart), at: "inContextStart", found: inContextStart,
            expected: "a block from 0 to \(depth - 1), or inContextLength: 0")
        try RecipeError.check(
            projectionDropout >= 0 && projectionDropout < 1, at: "projectionDropout", found: projectionDropout,
            expected: "0 or more, below 1")
        try RecipeError.check(
            (0...256).contains(decoderDepth), at: "decoderDepth", found: decoderDepth, expected: "0 to 256")
        try RecipeError.check(
            (1...1024).contains(decoderWidth), at: "decoderWidth", found: decoderWidth, expected: "1 to 1024")
    }
}
