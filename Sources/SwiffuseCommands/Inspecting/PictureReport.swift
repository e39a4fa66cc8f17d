import Swiffuse

/// What `info` prints about a picture.
struct PictureReport {
    let path: String
    private let picture: PNGPicture

    init(path: String) throws {
        self.path = path
        picture = try PNG.read(path)
    }

    var lines: [String] {
        let image = picture.image
        let kinds = [1: "grey", 3: "colour", 4: "colour with transparency"]
        let first = "\(path): PNG, \(image.width) × \(image.height) pixels, \(kinds[image.channels] ?? "")"
        return [first] + picture.texts.map { "  \($0.keyword): \($0.value)" }
    }
}
