import CImages

extension PNG {
    /// What becomes of 16-bit grey without alpha.
    public enum DeepGrey: Sendable {
        /// The high byte is taken, as of 16-bit colours.
        case scaled
        /// Everything above 255 is white, as in Pillow.
        case clipped
    }

    /// Reads a PNG file; see `decode` for what its values are.
    public static func read(_ path: String, limits: ImageLimits = ImageLimits()) throws(ImageError) -> PNGPicture {
        try decode(try FileContents.readPicture(path), named: path, limits: limits)
    }

    /// Decodes a PNG file held in memory.
    ///
    /// After `converted(toChannels: 3)` the values are those of Pillow's `Image.open(…).convert('RGB')`: palettes are
    /// looked up, grey of 1, 2 and 4 bits is scaled to 0…255, of 16-bit samples the high byte is taken, and gamma and
    /// colour profiles are ignored.
    ///
    /// - Parameters:
    ///   - name: what errors call the file.
    ///   - deepGrey: whether 16-bit grey without alpha is to be as Pillow shows it.
    public static func decode(
        _ bytes: [UInt8], named name: String = "the PNG", limits: ImageLimits = ImageLimits(),
        deepGrey: DeepGrey = .scaled
    ) throws(ImageError) -> PNGPicture {
        var result = CImagesPNG()
        var message = CImagesMessage()
        defer { cimages_png_release(&result) }
        let status = cimages_png_decode(bytes, bytes.count, CImagesLimits(limits), deepGrey.code, &result, &message)
        if let error = ImageError(
            status, of: name, format: "PNG", size: (result.width, result.height), limits: limits, message: message)
        {
            throw error
        }
        let image = ImageBuffer(
            width: Int(result.width), height: Int(result.height), channels: Int(result.channels),
            pixels: Array(UnsafeBufferPointer(start: result.pixels, count: result.pixel_byte_count)))
        let texts = UnsafeBufferPointer(start: result.texts, count: result.text_count).map { text in
            PNGText(latin1(text.keyword), text.is_utf8 != 0 ? String(cString: text.value) : latin1(text.value))
        }
        return PNGPicture(image: image, texts: texts)
    }

    private static func latin1(_ text: UnsafePointer<CChar>) -> String {
        var result = ""
        var position = text
        while position.pointee != 0 {
            result.unicodeScalars.append(Unicode.Scalar(UInt8(bitPattern: position.pointee)))
            position += 1
        }
        return result
    }
}

extension PNG.DeepGrey {
    fileprivate var code: CImagesDeepGrey {
        switch self {
        case .scaled: CImagesDeepGreyHighByte
        case .clipped: CImagesDeepGreyClipped
        }
    }
}
