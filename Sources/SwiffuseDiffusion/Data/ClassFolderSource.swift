public import SwiffuseIO

/// A folder with one folder of pictures per class; pictures are scaled and cropped to the model's size.
public struct ClassFolderSource: DataSource, Component {
    public static let key = "class-folders"
    public static let summary = "a folder with one folder of PNG or JPEG pictures per class"

    public struct Configuration: ComponentConfiguration {
        /// The folder that holds the class folders.
        public var folder = "images"
        /// Which part of a picture is used when its proportions are not the model's.
        public var crop = CropPlace.center

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check(!folder.isEmpty, at: "folder", found: "\"\"", expected: "a folder")
        }
    }

    public let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        try model.checkChannelsOfPictures()
    }

    public func dataset() throws(DataError) -> any ImageDataset { try ClassFolderDataset(root: configuration.folder) }

    public func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: configuration.crop.fit)
    }
}
