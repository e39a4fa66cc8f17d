public import SwiffuseIO

/// All pictures below a folder, without classes; pictures are scaled and cropped to the model's size.
public struct PictureFolderSource: DataSource, Component {
    public static let key = "picture-folder"
    public static let summary = "all PNG and JPEG pictures below a folder, without classes (NAME.txt = caption)"

    public let configuration: PictureFolderConfiguration

    public init(_ configuration: PictureFolderConfiguration) { self.configuration = configuration }

    public init(_ configuration: PictureFolderConfiguration, in context: BuildContext) { self.init(configuration) }

    public static func validate(_ configuration: PictureFolderConfiguration, for model: ModelSpec) throws(RecipeError) {
        try model.checkChannelsOfPictures()
        guard model.classCount == 0 else {
            throw RecipeError(
                .conflict, at: "type", "picture-folder has no classes, the recipe \(model.classCount)",
                advice: "set classes: 0, or use class-folders")
        }
    }

    public func dataset() throws(DataError) -> any ImageDataset { try PictureFolderDataset(root: configuration.folder) }

    public func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: configuration.crop.fit)
    }
}
