/// Builds batch n of a stream; the same value serves all threads.
struct BatchBuilder<Dataset: ImageDataset>: Sendable {
    private let source: PictureSource<Dataset>
    private let settings: BatchLoader.Settings
    private let stream: ExampleStream

    init(source: PictureSource<Dataset>, settings: BatchLoader.Settings) {
        self.source = source
        self.settings = settings
        stream = ExampleStream(count: source.dataset.count, order: settings.order)
    }

    /// Batch `number`, counted from 0 at `settings.startingAt`; when cancelled it is left unfinished.
    func batch(_ number: Int, isCancelled: () -> Bool) -> Result<ImageBatch, DataError> {
        let first = settings.startingAt + number * settings.batchSize
        let positions = first..<first + settings.batchSize
        let indices = stream.indices(at: positions)
        let size = source.preparation.geometry.elementCount
        var labels: [Int32] = []
        var failure: DataError?
        let images = [Float](unsafeUninitializedCapacity: indices.count * size) { buffer, count in
            for (slot, index) in indices.enumerated() where failure == nil && !isCancelled() {
                do throws(DataError) {
                    let (picture, usedIndex) = try source.usablePicture(at: index)
                    source.preparation.write(
                        picture, variation: variation(at: positions.lowerBound + slot),
                        into: buffer[slot * size..<(slot + 1) * size])
                    labels.append(Int32(source.dataset.label(at: usedIndex)))
                    count = (slot + 1) * size
                } catch {
                    failure = error
                }
            }
        }
        if let failure { return .failure(failure) }
        return .success(
            ImageBatch(
                images: images, labels: labels, geometry: source.preparation.geometry, positions: positions))
    }

    /// Depends on the seed and the position alone.
    private func variation(at position: Int) -> ImageVariation {
        var result = ImageVariation()
        guard settings.mirrorsRandomly || source.preparation.fit == .randomCrop else { return result }
        let seed: UInt64 =
            switch settings.order {
            case .shuffled(let seed): seed
            case .sequential: 0
            }
        // The complement keeps these streams apart from those of the epochs.
        var random = SplitMix64(seed: ~seed, stream: UInt64(position))
        let isFlipped = random.next() >> 63 == 1
        result.isFlipped = settings.mirrorsRandomly && isFlipped
        result.cropPlace = (random.unitInterval(), random.unitInterval())
        return result
    }
}
