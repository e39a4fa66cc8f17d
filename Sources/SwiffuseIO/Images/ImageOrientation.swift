/// How stored rows and columns relate to the upright picture; the numbers are those of EXIF 2.3, tag 0x0112.
public enum ImageOrientation: Int, Sendable, CaseIterable {
    case upright = 1
    case mirrored = 2
    case rotatedByHalf = 3
    case mirroredVertically = 4
    case transposed = 5
    case rotatedClockwise = 6
    case transversed = 7
    case rotatedCounterclockwise = 8

    /// Whether width and height change places.
    var swapsSides: Bool { rawValue >= 5 }

    /// The orientation in EXIF data (a TIFF header and its first directory); `.upright` if they name none.
    init(exif: [UInt8]) {
        self = EXIFReader(bytes: exif).flatMap { $0.orientation }.flatMap(ImageOrientation.init) ?? .upright
    }
}

/// Reads numbers of a TIFF structure; whatever lies outside the data reads as nil.
private struct EXIFReader {
    private static let orientationTag = 0x0112
    private static let shortType = 3

    private let bytes: [UInt8]
    private let isLittleEndian: Bool

    init?(bytes: [UInt8]) {
        switch bytes.prefix(4) {
        case [0x49, 0x49, 42, 0]: isLittleEndian = true
        case [0x4D, 0x4D, 0, 42]: isLittleEndian = false
        default: return nil
        }
        self.bytes = bytes
    }

    var orientation: Int? {
        guard let directory = number(at: 4, byteCount: 4), let count = number(at: directory, byteCount: 2) else {
            return nil
        }
        for entry in 0..<count {
            let start = directory + 2 + 12 * entry
            guard let tag = number(at: start, byteCount: 2) else { return nil }
            if tag == Self.orientationTag && number(at: start + 2, byteCount: 2) == Self.shortType {
                return number(at: start + 8, byteCount: 2)
            }
        }
        return nil
    }

    private func number(at offset: Int, byteCount: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - byteCount else { return nil }
        let part = bytes[offset..<offset + byteCount]
        return isLittleEndian
            ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
}

extension ImageBuffer {
    /// The upright picture of one that is stored in `orientation`.
    public func upright(_ orientation: ImageOrientation) -> ImageBuffer {
        if orientation == .upright { return self }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { output, count in
            pixels.withUnsafeBufferPointer { input in
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        let (column, row) = source(x, y, orientation)
                        let start = (row * width + column) * channels
                        for channel in 0..<channels {
                            output[count] = input[start + channel]
                            count += 1
                        }
                    }
                }
            }
        }
        return ImageBuffer(width: newWidth, height: newHeight, channels: channels, pixels: result)
    }

    /// Where the upright pixel (x, y) is stored.
    private func source(_ x: Int, _ y: Int, _ orientation: ImageOrientation) -> (column: Int, row: Int) {
        switch orientation {
        case .upright: (x, y)
        case .mirrored: (width - 1 - x, y)
        case .rotatedByHalf: (width - 1 - x, height - 1 - y)
        case .mirroredVertically: (x, height - 1 - y)
        case .transposed: (y, x)
        case .rotatedClockwise: (y, height - 1 - x)
        case .transversed: (width - 1 - y, height - 1 - x)
        case .rotatedCounterclockwise: (width - 1 - y, x)
        }
    }
}
