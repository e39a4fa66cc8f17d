import Glibc

/// The colour pictures in a font file, such as Noto Color Emoji: PNGs in the tables CBLC and CBDT (OpenType 1.9).
///
/// Every picture is laid in the middle of a square of one colour; what is transparent shows it.
public struct BitmapFontDataset: ImageDataset {
    /// Where Debian's package fonts-noto-color-emoji puts its font.
    public static let notoColorEmojiPath = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"

    public let classNames = ["glyph"]
    private let file: MappedFile
    private let glyphs: [BitmapFontTables.Glyph]
    private let background: UInt8

    /// Reads the tables of a font; pictures are decoded when asked for.
    ///
    /// - Parameters:
    ///   - path: a TrueType file.
    ///   - background: the grey behind the pictures.
    /// - Throws: `DataError` if the file is missing, no font, or a font without such pictures.
    public init(path: String, background: UInt8 = 255) throws(DataError) {
        do {
            file = try MappedFile(path: path)
        } catch {
            throw error.code == ENOENT
                ? .missing(path: path, advice: "install it with: apt-get install fonts-noto-color-emoji") : .file(error)
        }
        glyphs = try BitmapFontTables(file).glyphs()
        guard !glyphs.isEmpty else { throw .malformed(path: path, reason: "it is a font without colour bitmaps") }
        self.background = background
    }

    public var count: Int { glyphs.count }

    public func label(at index: Int) -> Int { 0 }

    public func name(at index: Int) -> String { "glyph \(glyphs[index].number) of \(file.path)" }

    public func image(at index: Int) throws(DataError) -> ImageBuffer {
        do {
            try file.checkSize()
        } catch {
            throw .file(error)
        }
        let bytes = file.withBytes(in: glyphs[index].png) { [UInt8]($0) }
        do {
            return try PNG.decode(bytes, named: name(at: index)).image.laid(onSquareOf: background)
        } catch {
            throw .image(error)
        }
    }
}

extension ImageBuffer {
    /// The picture in the middle of a square, in colour without transparency.
    fileprivate func laid(onSquareOf background: UInt8) -> ImageBuffer {
        let picture = converted(toChannels: 4)
        let side = max(width, height)
        let (left, top) = ((side - width) / 2, (side - height) / 2)
        var result = ImageBuffer(width: side, height: side, channels: 3, filledWith: background)
        for y in 0..<height {
            for x in 0..<width {
                let source = (y * width + x) * 4
                let target = ((top + y) * side + left + x) * 3
                let alpha = UInt32(picture.pixels[source + 3])
                for channel in 0..<3 {
                    let mixed = UInt32(picture.pixels[source + channel]) * alpha + UInt32(background) * (255 - alpha)
                    result.pixels[target + channel] = UInt8((mixed + 127) / 255)
                }
            }
        }
        return result
    }
}
