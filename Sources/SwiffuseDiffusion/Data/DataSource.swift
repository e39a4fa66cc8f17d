public import SwiffuseIO

/// Where training images come from.
public protocol DataSource: Sendable {
    /// Opens the images.
    func dataset() throws(DataError) -> any ImageDataset

    /// How pictures are brought to the model's size.
    func preparation(for image: ImageSpec) throws(DataError) -> ImagePreparation
}

extension PartKind where Product == any DataSource {
    public static var data: Self { Self("data") }
}

extension Registry {
    public mutating func register<C: Component & DataSource>(data: C.Type) throws(RegistryError) {
        try register(C.self, as: .data) { $0 }
    }
}

extension ModelSpec {
    /// Pictures from files are grey, in colour, or in colour with transparency.
    func checkChannelsOfPictures() throws(RecipeError) {
        guard [1, 3, 4].contains(image.channels) else {
            throw RecipeError(
                .conflict, at: "type", "pictures have 1, 3 or 4 channels, the image \(image.channels)",
                advice: "set image.channels to 1, 3 or 4")
        }
    }
}

extension ImageSpec {
    /// The same size, for the readers of images.
    public var geometry: ImageGeometry { ImageGeometry(channels: channels, height: height, width: width) }
}
