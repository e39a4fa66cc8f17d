/// Grey pictures and labels from a pair of IDX files, kept decoded in memory.
public struct IDXDataset: ImageDataset {
    public let classNames: [String]
    private let width: Int
    private let height: Int
    private let pixels: [UInt8]  // [count, height, width]
    private let labels: [UInt8]

    /// - Parameters:
    ///   - imagePath: an IDX file of [count, height, width].
    ///   - labelPath: an IDX file of [count], each value a position in `classNames`.
    public init(imagePath: String, labelPath: String, classNames: [String]) throws(DataError) {
        let images = try IDXFile(path: imagePath)
        let labels = try IDXFile(path: labelPath)
        guard images.shape.count == 3, images.shape.allSatisfy({ $0 > 0 }) else {
            throw .malformed(path: imagePath, reason: "it has shape \(images.shape), not [count, height, width]")
        }
        guard labels.shape == [images.shape[0]] else {
            throw .malformed(
                path: labelPath, reason: "it has shape \(labels.shape), but there are \(images.shape[0]) images")
        }
        if let index = labels.bytes.firstIndex(where: { $0 >= classNames.count }) {
            throw .malformed(
                path: labelPath,
                reason: "label \(index) is \(labels.bytes[index]), but there are \(classNames.count) classes")
        }
        self.classNames = classNames
        height = images.shape[1]
        width = images.shape[2]
        pixels = images.bytes
        self.labels = labels.bytes
    }

    public var count: Int { labels.count }

    public var isInMemory: Bool { true }

    public func label(at index: Int) -> Int { Int(labels[index]) }

    public func image(at index: Int) throws(DataError) -> ImageBuffer {
        let size = width * height
        return ImageBuffer(
            width: width, height: height, channels: 1, pixels: Array(pixels[index * size..<(index + 1) * size]))
    }
}
