/// Builds batch n of a stream; the same value serves all threads.
struct BatchBuilder<Dataset: ImageDataset>: Sendable {
    private let dataset: Dataset
    private let preparation: ImagePreparation
    private let settings: BatchLoader.Settings
    private let stream: ExampleStream

    init(dataset: Dataset, preparation: ImagePreparation, settings: BatchLoader.Settings) {
        self.dataset = dataset
        self.preparation = preparation
        self.settings = settings
        stream = ExampleStream(count: dataset.count, order: settings.order)
    }

    /// Batch `number`, counted from 0 at `settings.startingAt`; when cancelled it is left unfinished.
    func batch(_ number: Int, isCancelled: () -> Bool) -> Result<ImageBatch, DataError> {
        let first = settings.startingAt + number * settings.batchSize
        let positions = first..<first + settings.batchSize
        let indices = stream.indices(at: positions)
        let size = preparation.geometry.elementCount
        var failure: DataError?
        let images = [Float](unsafeUninitializedCapacity: indices.count * size) { buffer, count in
            for (slot, index) in indices.enumerated() where failure == nil && !isCancelled() {
                do throws(DataError) {
                    try preparation.write(
                        dataset.image(at: index), isFlipped: isFlipped(at: positions.lowerBound + slot),
                        name: dataset.name(at: index), into: buffer[slot * size..<(slot + 1) * size])
                    count = (slot + 1) * size
                } catch {
                    failure = error
                }
            }
        }
        if let failure { return .failure(failure) }
        return .success(
            ImageBatch(
                images: images, labels: indices.map { Int32(dataset.label(at: $0)) },
                geometry: preparation.geometry, positions: positions))
    }

    private func isFlipped(at position: Int) -> Bool {
        guard settings.mirrorsRandomly else { return false }
        let seed: UInt64 =
            switch settings.order {
            case .shuffled(let seed): seed
            case .sequential: 0
            }
        // The complement keeps these streams apart from those of the epochs.
        var random = SplitMix64(seed: ~seed, stream: UInt64(position))
        return random.next() >> 63 == 1
    }
}
