import CImages

extension PNG {
    /// Writes a PNG file; it appears complete or not at all.
    public static func write(
        _ image: ImageBuffer, to path: String, texts: [PNGText] = []
    ) throws(ImageError) {
        let bytes = try encode(image, texts: texts)
        do {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw .file(error)
        }
    }

    /// Encodes a picture as PNG; the bytes depend on the arguments (and the version of zlib) alone.
    ///
    /// - Parameter texts: stored as tEXt if the value is plain ASCII, else as iTXt.
    public static func encode(_ image: ImageBuffer, texts: [PNGText] = []) throws(ImageError) -> [UInt8] {
        var strings: [UnsafeMutablePointer<CChar>] = []
        defer { for string in strings { string.deallocate() } }
        var inputs: [CImagesPNGTextInput] = []
        for text in texts {
            try check(text)
            let keyword = copy(text.keyword, in: &strings)
            let value = copy(text.value, in: &strings)
            inputs.append(CImagesPNGTextInput(keyword: keyword, value: value, is_utf8: isPlain(text.value) ? 0 : 1))
        }
        var result = CImagesBytes()
        var message = CImagesMessage()
        defer { cimages_bytes_release(&result) }
        let status = cimages_png_encode(
            image.pixels, UInt32(image.width), UInt32(image.height), UInt32(image.channels),
            inputs, inputs.count, &result, &message)
        guard status == CImagesStatusSuccess else { throw .corrupt(path: "the encoded PNG", reason: message.string) }
        return Array(UnsafeBufferPointer(start: result.bytes, count: result.count))
    }

    private static func copy(
        _ text: String, in strings: inout [UnsafeMutablePointer<CChar>]
    ) -> UnsafePointer<CChar> {
        let bytes = text.utf8CString
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { memory[index] = byte }
        strings.append(memory)
        return UnsafePointer(memory)
    }

    /// The PNG specification's rules for keywords, section 11.3.4.2, without its non-ASCII Latin-1 characters.
    private static func check(_ text: PNGText) throws(ImageError) {
        let keyword = Array(text.keyword.utf8)
        guard (1...79).contains(keyword.count), keyword.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .text(keyword: text.keyword, reason: "a keyword has 1 to 79 printable ASCII characters")
        }
        let space = UInt8(ascii: " ")
        let hasDoubleSpace = zip(keyword, keyword.dropFirst()).contains { $0 == space && $1 == space }
        guard keyword.first != space, keyword.last != space, !hasDoubleSpace else {
            throw .text(keyword: text.keyword, reason: "a keyword has no spaces at its ends and none doubled")
        }
        guard !text.value.utf8.contains(0) else {
            throw .text(keyword: text.keyword, reason: "the value contains a NUL character")
        }
    }

    private static func isPlain(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) }
    }
}
