/// Picture files of any format that is read here: PNG and JPEG, told apart by their first bytes.
public enum ImageFile {
    /// Lower-case endings of the names of files that are read.
    public static let extensions = ["png", "jpg", "jpeg", "jpe", "jfif"]
    /// Lower-case endings of picture files that are not read.
    public static let foreignExtensions = ["webp", "bmp", "gif", "tif", "tiff", "heic", "avif", "jxl"]

    /// Reads a picture, upright.
    public static func read(_ path: String, limits: ImageLimits = ImageLimits()) throws(ImageError) -> ImageBuffer {
        try decode(try FileContents.readPicture(path), named: path, limits: limits)
    }

    /// Decodes a picture file held in memory; `name` is what errors call it.
    public static func decode(
        _ bytes: [UInt8], named name: String = "the picture", limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> ImageBuffer {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            return try JPEG.decode(bytes, named: name, limits: limits)
        }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            return try PNG.decode(bytes, named: name, limits: limits).image
        }
        throw .wrongFormat(path: name, expected: "PNG or JPEG")
    }

    /// Whether the ending of a file's name is that of a picture, of a format that is read or not.
    static func isPicture(named name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        let ending = name[name.index(after: dot)...].lowercased()
        return extensions.contains(ending) || foreignExtensions.contains(ending)
    }
}
