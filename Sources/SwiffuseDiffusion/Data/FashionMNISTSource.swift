public import SwiffuseIO

/// Fashion-MNIST (Xiao et al., arXiv:1708.07747): 28 × 28 grey pictures of ten kinds of clothes, centred on black.
public struct FashionMNISTSource: DataSource, Component {
    public static let key = "fashion-mnist"
    public static let summary = "28 × 28 grey pictures of clothes in ten classes (Debian: dataset-fashion-mnist)"

    public struct Configuration: ComponentConfiguration {
        /// Folder with the IDX files, plain or .gz.
        public var folder = IDXDataset.fashionMNISTFolder
        /// Which pictures.
        public var split = DatasetSplit.train

        public init() {}
    }

    public let configuration: Configuration

    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    public init(_ configuration: Configuration, in context: BuildContext) { self.init(configuration) }

    public static func validate(_ configuration: Configuration, for model: ModelSpec) throws(RecipeError) {
        try model.checkChannelsOfPictures()
        guard model.classCount == 0 || model.classCount == 10 else {
            throw RecipeError(
                .conflict, at: "type", "fashion-mnist has 10 classes, the recipe \(model.classCount)",
                advice: "set classes: 10, or 0 for a model without classes")
        }
        guard model.image.height >= 28 && model.image.width >= 28 else {
            throw RecipeError(
                .conflict, at: "type",
                "its pictures of 28 × 28 do not fit into \(model.image.height) × \(model.image.width)",
                advice: "use an image of at least 28 × 28")
        }
    }

    public func dataset() throws(DataError) -> any ImageDataset {
        try IDXDataset.fashionMNIST(configuration.split, folder: configuration.folder)
    }

    public func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation {
        try ImagePreparation(image.geometry, fit: .pad(0))
    }
}

extension DatasetSplit: Codable {}
