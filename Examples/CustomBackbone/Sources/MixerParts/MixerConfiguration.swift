public import Swiffuse

/// The settings of a mixer.
public struct MixerConfiguration: ComponentConfiguration {
    /// Side of a patch in pixels.
    public var patchSize = 16
    /// Values per token, D.
    public var width = 512
    /// Number of blocks.
    public var depth = 8
    /// Hidden width of the layers that mix tokens, as a multiple of the number of tokens.
    public var tokenRatio = 2.0
    /// Hidden width of the layers that mix channels, as a multiple of D.
    public var channelRatio = 4.0

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check((1...256).contains(patchSize), at: "patchSize", found: patchSize, expected: "1 to 256")
        try RecipeError.check((4...16_384).contains(width), at: "width", found: width, expected: "4 to 16384")
        try RecipeError.check(width % 4 == 0, at: "width", found: width, expected: "a multiple of 4")
        try RecipeError.check((1...1024).contains(depth), at: "depth", found: depth, expected: "1 to 1024")
        for (name, ratio) in [("tokenRatio", tokenRatio), ("channelRatio", channelRatio)] {
            try RecipeError.check((0.25...16).contains(ratio), at: name, found: ratio, expected: "0.25 to 16")
        }
    }
}
