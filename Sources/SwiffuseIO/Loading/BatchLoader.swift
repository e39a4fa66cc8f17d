/// Delivers batches without end, decoded ahead of time by background threads.
///
/// Which pictures a batch holds depends on data set, order and position alone, never on threads or timing. Every batch
/// is full: after the last picture of an epoch comes the first of the next.
public final class BatchLoader: Sendable {
    /// How a loader works.
    public struct Settings: Sendable {
        /// Pictures per batch.
        public var batchSize: Int
        public var order: ExampleOrder
        /// Position in the stream of examples to begin at: the number of pictures used so far when a run goes on.
        public var startingAt = 0
        /// Whether half of the pictures, chosen by seed and position, are mirrored left to right.
        public var mirrorsRandomly = false
        /// Background threads that decode.
        public var threadCount = 1
        /// Batches decoded ahead at most.
        public var queueLimit = 4
        /// Whether a damaged picture is an error; otherwise the next one that is fine takes its place.
        public var isStrict = false
        /// Keeps scaled pictures between epochs; not used for data sets that are in memory already.
        public var cache: (any PictureCache)?

        public init(batchSize: Int, order: ExampleOrder) {
            self.batchSize = batchSize
            self.order = order
        }
    }

    private let queue: BatchQueue
    private let workers: [WorkerThread]
    private let skipLog: SkipLog

    /// Starts decoding at once.
    public init(
        _ dataset: some ImageDataset, preparation: ImagePreparation, settings: Settings
    ) throws(DataError) {
        guard dataset.count > 0, dataset.count <= UInt32.max else {
            throw .settings(reason: "the data set holds \(dataset.count) images; 1 to \(UInt32.max) can be loaded")
        }
        guard settings.batchSize > 0, settings.startingAt >= 0, settings.threadCount > 0, settings.queueLimit > 0 else {
            throw .settings(
                reason: "batch size (\(settings.batchSize)), threads (\(settings.threadCount)) and queue limit "
                    + "(\(settings.queueLimit)) must be positive, the start (\(settings.startingAt)) not negative")
        }
        let queue = BatchQueue(limit: settings.queueLimit)
        let source = PictureSource(
            dataset: dataset, preparation: preparation, isStrict: settings.isStrict,
            cache: dataset.isInMemory ? nil : settings.cache)
        let builder = BatchBuilder(source: source, settings: settings)
        self.queue = queue
        skipLog = source.skipped
        var workers: [WorkerThread] = []
        for _ in 0..<settings.threadCount {
            let worker = WorkerThread {
                while let number = queue.claim() {
                    queue.complete(number, with: builder.batch(number, isCancelled: { queue.isStopping }))
                }
            }
            guard let worker else {
                queue.stop()
                workers.forEach { $0.join() }
                throw .settings(reason: "the system refuses to start \(settings.threadCount) threads; ask for fewer")
            }
            workers.append(worker)
        }
        self.workers = workers
    }

    deinit {
        queue.stop()
        workers.forEach { $0.join() }
    }

    /// The next batch; waits for it if need be. After an error every further call throws it again.
    ///
    /// - Returns: nil after `stop()`.
    public func next() throws(DataError) -> ImageBatch? {
        try queue.take()?.get()
    }

    /// Damaged pictures found so far, each once.
    public var skippedPictures: [SkippedPicture] { skipLog.pictures }

    /// Ends decoding; waiting calls of `next()` return nil.
    public func stop() {
        queue.stop()
    }
}
