import Swiffuse

/// What `info` prints about a picture.
struct PictureReport {
    let lines: [String]

    init(path: String) throws {
        if try FileContents.start(of: path, byteCount: 2) == [0xFF, 0xD8] {
            lines = [Self.title(path, "JPEG", try JPEG.read(path))]
        } else {
            let picture = try PNG.read(path)
            lines = [Self.title(path, "PNG", picture.image)] + picture.texts.map { "  \($0.keyword): \($0.value)" }
        }
    }

    /// Whether a file starts as a picture does.
    static func recognises(_ path: String) throws -> Bool {
        let start = try FileContents.start(of: path, byteCount: 8)
        return start == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] || start.starts(with: [0xFF, 0xD8, 0xFF])
    }

    private static func title(_ path: String, _ format: String, _ image: ImageBuffer) -> String {
        let kinds = [1: "grey", 3: "colour", 4: "colour with transparency"]
        return "\(path): \(format), \(image.width) × \(image.height) pixels, \(kinds[image.channels] ?? "")"
    }
}
