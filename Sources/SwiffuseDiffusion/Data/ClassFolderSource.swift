public import SwiffuseIO

/// A folder with one folder of PNG pictures per class; pictures are scaled and cropped to the model's size.
public struct ClassFolderSource: DataSource, Component {
    public static let key = "class-folders"
    public static let summary = "a folder with one folder of PNG pictures per class"

    public struct Configuration: ComponentConfiguration {
        /// The folder that holds the class folders.
        public var folder = "images"

        public init() {}

        public func validate() throws(RecipeError) {
            try RecipeError.check(!folder.isEmpty, at: "folder", found: "\"\"", expected: "a folder")
        }
    }

    public let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        guard model.image.height == model.image.width else {
            throw RecipeError(
                .conflict, at: "type",
                "class-folders crops squares, the image is \(model.image.height) × \(model.image.width)",
                advice: "use an image of equal height and width")
        }
    }

    public func dataset() throws(DataError) -> any ImageDataset { try ClassFolderDataset(root: configuration.folder) }

    public func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: .centerCrop)
    }
}
