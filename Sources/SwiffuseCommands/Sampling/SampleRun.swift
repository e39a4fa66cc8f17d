import Swiffuse

/// Draws what was planned and writes it.
struct SampleRun {
    let plan: SamplePlan
    let session: SamplingSession
    let environment: CommandEnvironment

    /// Draws all pictures, `batch` at once, and says what was written.
    ///
    /// - Returns: the pictures, if they were kept for a grid, a trajectory or a comparison; else the first ones.
    func draw(batch: Int) throws -> [ImageBuffer] {
        let label = PictureLabel(recipe: session.recipe, step: session.step, given: plan.given)
        var progress = SamplingProgressBar(count: plan.count, output: environment.messages)
        var kept = DrawnPictures()
        let npz = try plan.files.npz.map { try PictureArchive($0, count: plan.count, of: session.recipe.image) }
        for start in stride(from: 0, to: plan.count, by: batch) {
            let indices = start..<min(plan.count, start + batch)
            let drawn = try session.draw(indices, keepsSteps: plan.files.needsSteps) {
                progress.show(done: Double(start) + $0 * Double(indices.count))
            }
            try write(drawn.pictures, indices, label)
            try npz?.append(drawn.pictures)
            if plan.files.grid != nil || plan.files.needsSteps || start == 0 { kept.append(drawn) }
        }
        let speed = progress.finish()
        try write(kept, label)
        try npz?.finish()
        environment.say("\(plan.count) pictures in \(places), \(Amount.number(speed)) images/s")
        return kept.pictures
    }

    private func write(_ pictures: [ImageBuffer], _ indices: Range<Int>, _ label: PictureLabel) throws {
        guard let folder = plan.files.folder else { return }
        for (index, picture) in zip(indices, pictures) {
            let (seed, shown) = (session.seed(of: index), session.label(of: index))
            try PNG.write(
                picture, to: plan.files.path(seed: seed, label: shown, in: folder),
                texts: label.texts(seed: seed, label: shown))
        }
    }

    private func write(_ drawn: DrawnPictures, _ label: PictureLabel) throws {
        let seeds = session.seed(of: 0)..<session.seed(of: plan.count)
        let texts = label.texts(seeds: seeds, labels: plan.labels.count <= 100 ? plan.labels : [])
        if let grid = plan.files.grid {
            try PNG.write(try ImageGrid(columns: plan.columns).tiled(drawn.pictures), to: grid, texts: texts)
        }
        if plan.files.needsSteps { try plan.trajectory.write(drawn, texts: texts) }
    }

    private var places: String {
        let files = plan.files
        return [files.grid, files.trajectory, files.animation, files.npz, files.folder.map { $0 + "/" }].compactMap {
            $0
        }
        .joined(separator: " and ")
    }
}
