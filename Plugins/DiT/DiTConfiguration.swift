public import SwiffuseDiffusion

/// The settings of a DiT backbone; the defaults are the baseline of DeCo's comparison (DeCo
/// `configs_c2i/Baseline_DiT.yaml`).
public struct DiTConfiguration: ComponentConfiguration {
    /// Side of a patch in pixels, p.
    public var patchSize = 16
    /// Width of the tokens, D.
    public var hiddenSize = 1024
    /// Number of blocks.
    public var depth = 24
    /// Number of attention heads; the width must be a multiple of four times as many.
    public var headCount = 16
    /// Compute each block again in the backward pass instead of keeping its inner values: less memory, more time.
    public var recompute = false

    public init() {}

    public func validate() throws(RecipeError) {
        try TransformerSize(patchSize: patchSize, hiddenSize: hiddenSize, depth: depth, headCount: headCount).validate()
    }
}
