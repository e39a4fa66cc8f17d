/// The settings of pictures from a folder.
public struct PictureFolderConfiguration: ComponentConfiguration {
    /// The folder.
    public var folder = "images"
    /// Which part of a picture is used when its proportions are not the model's.
    public var crop = CropPlace.center

    public init() {}

    public func validate() throws(RecipeError) {
        try RecipeError.check(!folder.isEmpty, at: "folder", found: "\"\"", expected: "a folder")
    }
}
