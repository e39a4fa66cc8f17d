/// How pictures are brought in; nothing here changes which pictures a model sees, unless a damaged one is met.
public struct LoadingOptions: Sendable, Equatable {
    /// Where scaled pictures are kept between epochs.
    public enum Cache: Sendable, Equatable {
        /// Every epoch decodes anew.
        case none
        /// In memory, up to a number of bytes.
        case memory(limit: Int)
        /// In a file without a name in a folder, of a number of bytes.
        case disk(folder: String, limit: Int)
    }

    /// Background threads that decode.
    public var threadCount = 1
    /// Whether a damaged picture ends the run instead of being skipped.
    public var isStrict = false
    public var cache = Cache.memory(limit: 512 << 20)

    public init() {}

    func makeCache() throws(DataError) -> (any PictureCache)? {
        switch cache {
        case .none: nil
        case .memory(let limit): MemoryPictureCache(limit: limit)
        case .disk(let folder, let limit): try DiskPictureCache(folder: folder, limit: limit)
        }
    }
}

extension BatchLoader.Settings {
    /// Takes over threads, strictness and cache.
    public mutating func apply(_ options: LoadingOptions) throws(DataError) {
        threadCount = options.threadCount
        isStrict = options.isStrict
        cache = try options.makeCache()
    }
}
