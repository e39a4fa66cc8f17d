public import SwiffuseDiffusion

/// The settings of a DeCo backbone; the defaults are DeCo-L (DeCo `configs_c2i/DeCo_large.yaml`).
public struct DeCoConfiguration: ComponentConfiguration {
    /// Side of a patch in pixels, p.
    public var patchSize = 16
    /// Width of the semantic tokens, D.
    public var hiddenSize = 1024
    /// Number of transformer blocks.
    public var depth = 22
    /// Number of attention heads; the width must be a multiple of four times as many.
    public var headCount = 16
    /// Number of blocks of the pixel decoder.
    public var decoderDepth = 3
    /// Width of the pixel decoder: values per pixel.
    public var decoderWidth = 32
    /// Compute each block again in the backward pass instead of keeping its inner values: less memory, more time.
    public var recompute = false

    public init() {}

    public func validate() throws(RecipeError) {
        try TransformerSize(patchSize: patchSize, hiddenSize: hiddenSize, depth: depth, headCount: headCount).validate()
        try RecipeError.check(
            (1...256).contains(decoderDepth), at: "decoderDepth", found: decoderDepth, expected: "1 to 256")
        try RecipeError.check(
            (1...1024).contains(decoderWidth), at: "decoderWidth", found: decoderWidth, expected: "1 to 1024")
    }
}
