/// One text of a PNG file: what it is called and what it says.
public struct PNGText: Sendable, Equatable {
    /// 1 to 79 characters of printable ASCII, such as "Software"; from a file also other Latin-1 characters.
    public let keyword: String
    public let value: String

    public init(_ keyword: String, _ value: String) {
        self.keyword = keyword
        self.value = value
    }
}

/// A decoded PNG file.
public struct PNGPicture: Sendable, Equatable {
    /// Grey files have 1 channel, colour 3, and those with an alpha channel or a transparent palette 4.
    public let image: ImageBuffer
    /// tEXt, zTXt and iTXt chunks in the order of the file.
    public let texts: [PNGText]
}

/// Reading and writing PNG files.
public enum PNG {}
