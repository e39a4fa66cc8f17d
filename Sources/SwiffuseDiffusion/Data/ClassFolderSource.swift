public import SwiffuseIO

/// A folder with one folder of pictures per class; they are scaled and cropped to the model's size.
public struct ClassFolderSource: DataSource, Component {
    public static let key = "class-folders"
    public static let summary = "a folder with one folder of PNG or JPEG pictures per class"

    public let configuration: PictureFolderConfiguration

    public init(_ configuration: PictureFolderConfiguration) { self.configuration = configuration }

    public init(_ configuration: PictureFolderConfiguration, in context: BuildContext) { self.init(configuration) }

    public static func validate(_ configuration: PictureFolderConfiguration, for model: ModelSpec) throws(RecipeError) {
        try model.checkChannelsOfPictures()
    }

    public func dataset() throws(DataError) -> any ImageDataset { try ClassFolderDataset(root: configuration.folder) }

    public func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: configuration.crop.fit)
    }
}
