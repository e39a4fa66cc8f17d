/// What is in a data set, found by decoding every picture.
public struct DatasetSurvey: Sendable {
    /// Usable pictures per class.
    public private(set) var countByClass: [Int]
    /// Usable pictures by number of channels.
    public private(set) var countByChannels: [Int: Int] = [:]
    /// Sides of the usable pictures, sorted.
    public private(set) var widths: [Int] = []
    public private(set) var heights: [Int] = []
    /// Usable pictures smaller than the model's images on a side; they are enlarged.
    public private(set) var smallCount = 0
    /// Pictures that cannot be used, in the data set's order.
    public private(set) var damaged: [SkippedPicture] = []

    /// Number of usable pictures.
    public var usableCount: Int { widths.count }

    /// Decodes all pictures.
    ///
    /// - Parameters:
    ///   - dataset: what to look at.
    ///   - preparation: how the pictures would be used; nil to decode only.
    ///   - progress: called with the number of pictures done.
    /// - Throws: `DataError` if the data set cannot be used at all; files that cannot be read count as damaged.
    public init(
        _ dataset: some ImageDataset, preparation: ImagePreparation? = nil, progress: (Int) -> Void = { _ in }
    ) throws(DataError) {
        countByClass = [Int](repeating: 0, count: dataset.classCount)
        for index in 0..<dataset.count {
            do throws(DataError) {
                let image = try dataset.image(at: index)
                if let preparation { _ = try preparation.scaled(image, name: dataset.name(at: index)) }
                add(image, label: dataset.label(at: index), geometry: preparation?.geometry)
            } catch {
                guard error.concernsOnePicture || error.concernsOneFile else { throw error }
                damaged.append(SkippedPicture(name: dataset.name(at: index), reason: error.description))
            }
            progress(index + 1)
        }
        widths.sort()
        heights.sort()
    }

    private mutating func add(_ image: ImageBuffer, label: Int, geometry: ImageGeometry?) {
        countByClass[label] += 1
        countByChannels[image.channels, default: 0] += 1
        widths.append(image.width)
        heights.append(image.height)
        if let geometry, image.width < geometry.width || image.height < geometry.height { smallCount += 1 }
    }
}
