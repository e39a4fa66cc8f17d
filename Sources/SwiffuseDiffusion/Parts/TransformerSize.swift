/// The size of a transformer over patches, as the settings of several backbones spell it.
public struct TransformerSize: Sendable, Hashable {
    public let patchSize: Int
    /// Width of the tokens, D.
    public let hiddenSize: Int
    /// Number of blocks.
    public let depth: Int
    public let headCount: Int

    public init(patchSize: Int, hiddenSize: Int, depth: Int, headCount: Int) {
        self.patchSize = patchSize
        self.hiddenSize = hiddenSize
        self.depth = depth
        self.headCount = headCount
    }

    /// Checks each setting.
    ///
    /// - Throws: `RecipeError` at `patchSize`, `hiddenSize`, `depth` or `headCount`.
    public func validate() throws(RecipeError) {
        try RecipeError.check((1...256).contains(patchSize), at: "patchSize", found: patchSize, expected: "1 to 256")
        try RecipeError.check((1...1024).contains(depth), at: "depth", found: depth, expected: "1 to 1024")
        try RecipeError.check((1...1024).contains(headCount), at: "headCount", found: headCount, expected: "1 to 1024")
        try RecipeError.check(
            (4...16_384).contains(hiddenSize), at: "hiddenSize", found: hiddenSize, expected: "4 to 16384")
        try RecipeError.check(
            hiddenSize % (4 * headCount) == 0, at: "hiddenSize", found: hiddenSize,
            expected: "a multiple of 4 · headCount = \(4 * headCount): rotary positions need heads divisible by 4")
        try RecipeError.check(
            hiddenSize / headCount <= 1024, at: "headCount", found: headCount,
            expected: "at least hiddenSize / 1024 = \((hiddenSize + 1023) / 1024): a head has 1024 numbers at most")
    }
}
