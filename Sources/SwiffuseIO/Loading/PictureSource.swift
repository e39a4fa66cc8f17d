/// Scaled pictures of a data set by number: from the cache, or decoded; the same value serves all threads.
struct PictureSource<Dataset: ImageDataset>: Sendable {
    let dataset: Dataset
    let preparation: ImagePreparation
    let isStrict: Bool
    let cache: (any PictureCache)?
    let skipped = SkipLog()

    /// The picture at `index`, or if that is damaged the next one in the data set that is not.
    ///
    /// - Returns: the picture and its own number.
    /// - Throws: `DataError` if a file cannot be read, if no picture is usable, or, if `isStrict`, at the first damaged
    ///   one.
    func usablePicture(at index: Int) throws(DataError) -> (picture: ImageBuffer, index: Int) {
        for distance in 0..<dataset.count {
            let candidate = (index + distance) % dataset.count
            if skipped.contains(candidate) { continue }
            do throws(DataError) {
                return (try picture(at: candidate), candidate)
            } catch {
                guard error.concernsOnePicture, !isStrict else { throw error }
                skipped.add(candidate, name: dataset.name(at: candidate), reason: error.description)
            }
        }
        throw .settings(
            reason: "none of the \(dataset.count) pictures can be used; "
                + "the first: \(skipped.pictures.first?.reason ?? "")")
    }

    private func picture(at index: Int) throws(DataError) -> ImageBuffer {
        if let known = try cache?.picture(at: index) { return known }
        let scaled = try preparation.scaled(try dataset.image(at: index), name: dataset.name(at: index))
        try cache?.store(scaled, at: index)
        return scaled
    }
}

extension DataError {
    /// Whether a single picture's file cannot be read.
    var concernsOneFile: Bool {
        if case .image(.file) = self { true } else { false }
    }

    /// Whether another picture of the same data set may be fine: its contents are wrong, not the disk or the settings.
    var concernsOnePicture: Bool {
        switch self {
        case .unfit: true
        case .image(.file), .file, .missing, .malformed, .settings: false
        case .image(.wrongFormat), .image(.corrupt), .image(.tooLarge), .image(.text), .image(.mismatch): true
        }
    }
}
