public import SwiffuseDiffusion

/// The settings of a PixNerd backbone; the defaults are the baseline of DeCo's comparison (DeCo
/// `configs_c2i/Baseline_PixNerd.yaml`).
public struct PixNerdConfiguration: ComponentConfiguration {
    /// Side of a patch in pixels, p.
    public var patchSize = 16
    /// Width of the semantic tokens, D.
    public var hiddenSize = 1024
    /// Number of transformer blocks.
    public var depth = 22
    /// Number of attention heads; the width must be a multiple of four times as many.
    public var headCount = 16
    /// Number of layers of the neural fields.
    public var fieldDepth = 2
    /// Width of the neural fields: values per pixel.
    public var fieldWidth = 64
    /// The fields' hidden width is `fieldWidth` times this.
    public var fieldRatio = 2
    /// Compute each block again in the backward pass instead of keeping its inner values: less memory, more time.
    public var recompute = false

    public init() {}

    public func validate() throws(RecipeError) {
        try TransformerSize(patchSize: patchSize, hiddenSize: hiddenSize, depth: depth, headCount: headCount).validate()
        try RecipeError.check((1...256).contains(fieldDepth), at: "fieldDepth", found: fieldDepth, expected: "1 to 256")
        try RecipeError.check((1...512).contains(fieldWidth), at: "fieldWidth", found: fieldWidth, expected: "1 to 512")
        try RecipeError.check((1...16).contains(fieldRatio), at: "fieldRatio", found: fieldRatio, expected: "1 to 16")
    }
}
