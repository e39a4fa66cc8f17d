/// The size of the images that a model makes.
public struct ImageSpec: ComponentConfiguration, Hashable {
    /// 1 for grey, 3 for colour.
    public var channels: Int
    /// Rows of pixels.
    public var height: Int
    /// Columns of pixels.
    public var width: Int

    public init() { self.init(channels: 3, height: 256, width: 256) }

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Number of values in one image.
    public var valueCount: Int { channels * height * width }

    public func validate() throws(RecipeError) {
        try RecipeError.check((1...64).contains(channels), at: "channels", found: channels, expected: "1 to 64")
        try RecipeError.check((1...8192).contains(height), at: "height", found: height, expected: "1 to 8192")
        try RecipeError.check((1...8192).contains(width), at: "width", found: width, expected: "1 to 8192")
    }
}

/// What every part of a model must agree on.
public struct ModelSpec: Sendable, Hashable {
    public var image: ImageSpec
    /// Number of classes; 0 for a model without condition. The label of "no class" is this number.
    public var classCount: Int

    public init(image: ImageSpec, classCount: Int) {
        self.image = image
        self.classCount = classCount
    }
}
