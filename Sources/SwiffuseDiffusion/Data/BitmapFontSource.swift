public import SwiffuseIO

/// The colour pictures of a font, without classes: thousands of emoji that a package brings along.
public struct BitmapFontSource: DataSource, Component {
    public static let key = "bitmap-font"
    public static let summary = "the colour pictures of a font, without classes (Debian: fonts-noto-color-emoji)"

    public struct Configuration: ComponentConfiguration {
        /// A TrueType file with colour bitmaps.
        public var font = BitmapFontDataset.notoColorEmojiPath
        /// The grey behind the pictures, 0 (black) to 255 (white).
        public var background = 255

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check(!font.isEmpty, at: "font", found: "\"\"", expected: "a file")
            try RecipeError.check(
                (0...255).contains(background), at: "background", found: background, expected: "0 to 255")
        }
    }

    public let configuration: Configuration

    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        try model.checkChannelsOfPictures()
        guard model.classCount == 0 else {
            throw RecipeError(
                .conflict, at: "type", "bitmap-font has no classes, the recipe \(model.classCount)",
                advice: "set classes: 0")
        }
    }

    public func dataset() throws(DataError) -> any ImageDataset {
        try BitmapFontDataset(path: configuration.font, background: UInt8(clamping: configuration.background))
    }

    public func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: .centerCrop)
    }
}
