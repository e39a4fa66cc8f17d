/// An image cut into square patches, each a token of a transformer.
public struct PatchGrid: Sendable, Hashable {
    /// Side of a patch in pixels.
    public let patchSize: Int
    /// Patches down.
    public let rows: Int
    /// Patches across.
    public let columns: Int

    /// - Parameters:
    ///   - patchSize: side of a patch in pixels, a divisor of both of the image's sides.
    ///   - image: what is cut.
    public init(patchSize: Int, of image: ImageSpec) {
        self.patchSize = patchSize
        rows = image.height / patchSize
        columns = image.width / patchSize
    }

    /// Number of patches.
    public var count: Int { rows * columns }

    /// Checks that patches tile an image, and that there are not more of them than any memory holds.
    ///
    /// - Parameters:
    ///   - patchSize: side of a patch in pixels, at least 1.
    ///   - width: values per token.
    /// - Throws: `RecipeError` at `patchSize`.
    public static func validate(patchSize: Int, width: Int, for image: ImageSpec) throws(RecipeError) {
        for (name, extent) in [("height", image.height), ("width", image.width)] {
            try RecipeError.check(
                extent % patchSize == 0, at: "patchSize", found: patchSize,
                expected: "a divisor of the image's \(name) \(extent)")
        }
        let tokens = PatchGrid(patchSize: patchSize, of: image).count
        try RecipeError.check(
            tokens <= 65_536 && tokens * width <= 1 << 26, at: "patchSize", found: patchSize,
            expected: "larger patches: these make \(tokens) tokens of \(width) values per image")
    }
}
