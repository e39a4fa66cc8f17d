import Swiffuse

/// The pictures that show how pictures come about.
struct TrajectoryFiles {
    /// The longest side that programs open without trouble, in pixels.
    static let sideLimit = 32_768
    /// The most bytes that the states of a run may take.
    static let byteLimit = 1 << 30

    let files: PictureFiles
    /// Pictures per row in an animation's frames.
    let columns: Int

    /// Refuses what would not fit into a picture or into memory, before any work is done.
    func check(count: Int, stateCount: Int, image: ImageSpec) throws {
        guard let flag = files.trajectory != nil ? "--trajectory" : files.animation.map({ _ in "--apng" }) else {
            return
        }
        let bytes = count.multipliedReportingOverflow(by: stateCount * image.valueCount)
        guard !bytes.overflow, bytes.partialValue <= Self.byteLimit else {
            throw UserError(
                "\(flag): \(count) pictures in \(stateCount) states take more than \(Amount.bytes(Self.byteLimit)); "
                    + "give a smaller --count or fewer --steps")
        }
        let padding = 2
        let width = stateCount * (image.width + padding) + padding
        let height = count * (image.height + padding) + padding
        guard files.trajectory == nil || max(width, height) <= Self.sideLimit else {
            throw UserError(
                "--trajectory: would be \(width)×\(height) pixels, at most \(Self.sideLimit) a side are written; "
                    + "give a smaller --count or fewer --steps")
        }
    }

    /// Writes a row per picture, a column per state; and an animation with a frame per state.
    func write(_ drawn: DrawnPictures, texts: [PNGText]) throws {
        if let path = files.trajectory {
            let rows = drawn.pictures.indices.flatMap { index in drawn.steps.map { $0[index] } }
            try PNG.write(try ImageGrid(columns: drawn.steps.count).tiled(rows), to: path, texts: texts)
        }
        if let path = files.animation {
            // About four seconds for all steps, and time to look at the result.
            let duration = min(200, max(20, 4000 / max(1, drawn.steps.count)))
            var frames: [AnimatedPNG.Frame] = []
            for (index, pictures) in drawn.steps.enumerated() {
                let isLast = index + 1 == drawn.steps.count
                frames.append(
                    AnimatedPNG.Frame(
                        try ImageGrid(columns: columns).tiled(pictures), durationMilliseconds: isLast ? 2000 : duration)
                )
            }
            try AnimatedPNG.write(frames, to: path, texts: texts)
        }
    }
}
