import CImages

extension ImageError {
    /// The error that a codec's call ended with; nil if it succeeded.
    ///
    /// - Parameters:
    ///   - name: what errors call the file.
    ///   - size: width and height in pixels, as far as they were read.
    init?(
        _ status: CImagesStatus, of name: String, format: String, size: (width: UInt32, height: UInt32),
        limits: ImageLimits, message: CImagesMessage
    ) {
        switch status {
        case CImagesStatusSuccess: return nil
        case CImagesStatusWrongFormat: self = .wrongFormat(path: name, expected: format)
        case CImagesStatusTooLarge:
            self = .tooLarge(path: name, width: Int(size.width), height: Int(size.height), limits: limits)
        default: self = .corrupt(path: name, reason: message.string)
        }
    }
}

extension CImagesLimits {
    init(_ limits: ImageLimits) {
        self.init(
            maximum_side: UInt32(clamping: min(limits.maximumSide, 0x7FFF_FFFF)),
            maximum_byte_count: 4 * max(0, min(limits.maximumPixelCount, 1 << 40)))
    }
}

extension CImagesMessage {
    /// The message as a Swift string.
    var string: String {
        withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
