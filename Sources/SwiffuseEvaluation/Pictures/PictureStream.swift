public import SwiffuseIO

/// Pictures of one size, one after the other: any number of them needs little memory.
public protocol PictureStream {
    /// Number of pictures from the beginning to the end.
    var count: Int { get }

    /// The next pictures.
    ///
    /// - Parameter limit: how many at most.
    /// - Returns: empty at the end.
    mutating func next(_ limit: Int) throws -> [ImageBuffer]
}

/// The first pictures of a data set, brought to one size.
public struct DatasetPictures: PictureStream {
    public let count: Int
    private let dataset: any ImageDataset
    private let preparation: ImagePreparation
    private var position = 0

    /// - Parameters:
    ///   - dataset: the pictures.
    ///   - preparation: how they are brought to one size.
    ///   - limit: how many at most.
    public init(_ dataset: any ImageDataset, preparation: ImagePreparation, limit: Int = .max) {
        self.dataset = dataset
        self.preparation = preparation
        count = min(dataset.count, limit)
    }

    public mutating func next(_ limit: Int) throws -> [ImageBuffer] {
        let range = position..<min(count, position + limit)
        position = range.upperBound
        let geometry = preparation.geometry
        return try range.map { index in
            let values = try preparation.values(of: try dataset.image(at: index), name: dataset.name(at: index))
            return PixelConversion.images(
                fromNCHW: values, channels: geometry.channels, height: geometry.height, width: geometry.width)[0]
        }
    }
}

/// The pictures of an .npz file as ADM's suite reads and writes them: `arr_0`, uint8 [N, H, W, C].
public struct NPZPictures: PictureStream {
    /// The array's name.
    public static let name = "arr_0"

    public let count: Int
    private let height: Int
    private let width: Int
    private let channels: Int
    private let rest: Rest
    private var remaining: Int

    /// Where reading has got to; a class because a reader cannot be copied.
    private final class Rest {
        var reader: NPZReader

        init(_ reader: consuming NPZReader) { self.reader = reader }
    }

    /// - Parameter limit: how many pictures at most.
    /// - Throws: `DataError` if the file has no pictures.
    public init(_ file: NPZFile, limit: Int = .max) throws(DataError) {
        let reader = try file.reader(Self.name)
        let shape = reader.header.shape
        guard reader.header.element == .uint8, shape.count == 4, [1, 3].contains(shape[3]), shape[1] > 0, shape[2] > 0
        else {
            throw .malformed(
                path: file.path,
                reason:
                    "its array '\(Self.name)' is \(reader.header.element.rawValue) \(shape), not uint8 [N, H, W, 1 or 3]"
            )
        }
        (count, height, width, channels) = (min(shape[0], limit), shape[1], shape[2], shape[3])
        rest = Rest(reader)
        remaining = count
    }

    public mutating func next(_ limit: Int) throws -> [ImageBuffer] {
        let size = height * width * channels
        let count = min(limit, remaining)
        remaining -= count
        let bytes = try rest.reader.read(count * size)
        return (0..<count).map { index in
            ImageBuffer(
                width: width, height: height, channels: channels,
                pixels: Array(bytes[index * size..<(index + 1) * size]))
        }
    }
}
