import CImages

/// Reading and writing JPEG files.
public enum JPEG {
    /// Which way up a decoded picture is.
    public enum Orientation: Sendable {
        /// As a viewer shows it: the camera's orientation (EXIF) is applied.
        case upright
        /// As the pixels are stored.
        case asStored
    }

    /// Reads a JPEG file; see `decode` for what its values are.
    public static func read(
        _ path: String, orientation: Orientation = .upright, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> ImageBuffer {
        try decode(try FileContents.readPicture(path), named: path, orientation: orientation, limits: limits)
    }

    /// Decodes a JPEG file held in memory: baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK.
    ///
    /// As stored, after `converted(toChannels: 3)` the values are those of Pillow's `Image.open(…).convert('RGB')`.
    /// Damaged data are an error even where viewers show a grey area.
    ///
    /// - Parameter name: what errors call the file.
    /// - Returns: a picture with 1 channel for grey files, else 3.
    public static func decode(
        _ bytes: [UInt8], named name: String = "the JPEG", orientation: Orientation = .upright,
        limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> ImageBuffer {
        var result = CImagesJPEG()
        var message = CImagesMessage()
        defer { cimages_jpeg_release(&result) }
        let status = cimages_jpeg_decode(bytes, bytes.count, CImagesLimits(limits), &result, &message)
        if let error = ImageError(
            status, of: name, format: "JPEG", size: (result.width, result.height), limits: limits, message: message)
        {
            throw error
        }
        let image = ImageBuffer(
            width: Int(result.width), height: Int(result.height), channels: Int(result.channels),
            pixels: Array(UnsafeBufferPointer(start: result.pixels, count: result.pixel_byte_count)))
        switch orientation {
        case .asStored: return image
        case .upright:
            let exif = Array(UnsafeBufferPointer(start: result.exif, count: result.exif_byte_count))
            return image.upright(ImageOrientation(exif: exif))
        }
    }

    /// Encodes a picture.
    ///
    /// - Parameters:
    ///   - image: 1 or 3 channels.
    ///   - quality: 1…100.
    public static func encode(_ image: ImageBuffer, quality: Int = 90) throws(ImageError) -> [UInt8] {
        guard image.channels != 4 else { throw .mismatch(reason: "a JPEG has no alpha; convert to 3 channels first") }
        require((1...100).contains(quality), "a JPEG quality of \(quality)")
        var result = CImagesBytes()
        var message = CImagesMessage()
        defer { cimages_bytes_release(&result) }
        let status = cimages_jpeg_encode(
            image.pixels, UInt32(image.width), UInt32(image.height), UInt32(image.channels), Int32(quality), &result,
            &message)
        guard status == CImagesStatusSuccess else { throw .corrupt(path: "the encoded JPEG", reason: message.string) }
        return Array(UnsafeBufferPointer(start: result.bytes, count: result.count))
    }
}

extension FileContents {
    /// A whole picture file.
    static func readPicture(_ path: String) throws(ImageError) -> [UInt8] {
        do {
            return try read(path)
        } catch {
            throw .file(error)
        }
    }
}
