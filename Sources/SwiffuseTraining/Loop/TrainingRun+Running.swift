import SwiffuseDiffusion
import SwiffuseIO

extension TrainingRun {
    /// Trains to the recipe's last update, or until asked to stop; saves in both cases.
    ///
    /// If something fails, the folder's checkpoint is the last good one; if it was only the data that failed, the
    /// updates done so far are saved first.
    ///
    /// - Parameters:
    ///   - shouldStop: asked after every update.
    ///   - report: called after everything that happens.
    public mutating func run(
        shouldStop: () -> Bool = { false }, report: (Event) -> Void = { _ in }
    ) throws(TrainingInterruption) {
        do {
            try train(shouldStop, report)
        } catch {
            if error is DataError { try? saveIfNeeded(report) }  // the first error is the one to tell
            throw TrainingInterruption(error, step: loop.state.step, savedStep: savedStep)
        }
    }

    private mutating func train(_ shouldStop: () -> Bool, _ report: (Event) -> Void) throws {
        let device = loop.state.store.device
        report(.began(step: loop.state.step, of: training.steps, parameterCount: loop.state.store.valueCount))
        var speed = Speedometer()
        var skippedCount = 0
        while !loop.isFinished && !shouldStop() {
            let step = try loop.step()
            interval.add(step.loss, terms: step.terms.map(\.value))
            speed.add(step)
            for picture in loop.skippedPictures.dropFirst(skippedCount) { report(.skipped(picture)) }
            skippedCount = loop.skippedPictures.count
            if isDue(training.logEvery) {
                try logs.add(
                    step, meansOf: interval, imagesPerSecond: speed.imagesPerSecond,
                    dataWaitShare: speed.dataWaitShare)
                interval = LossInterval()
                speed = Speedometer()
            }
            report(.stepped(step, memory: device.memoryUse))
            if training.sampleEvery > 0 && step.step % training.sampleEvery == 0 { try drawSamples(report) }
            if validator != nil && isDue(training.validation.every) { try validate(report) }
            if training.emaSnapshots.isOn && isDue(training.emaSnapshots.every) { try storeAverages() }
            if training.checkpointEvery > 0 && step.step % training.checkpointEvery == 0 { try save(report) }
        }
        try saveIfNeeded(report)
    }

    /// Whether something done every so many updates, and after the last, is to be done now.
    private func isDue(_ every: Int) -> Bool { loop.state.step % every == 0 || loop.isFinished }

    private mutating func saveIfNeeded(_ report: (Event) -> Void) throws {
        if savedStep != loop.state.step { try save(report) }
    }

    private mutating func save(_ report: (Event) -> Void) throws {
        // First the logs: they must not lack what the checkpoint has behind it.
        try logs.synchronise()
        try Checkpoint.write(loop.state, of: loop.model.recipe, interval: interval, to: folder.checkpointPath)
        savedStep = loop.state.step
        try folder.keepCheckpoint(of: loop.state.step, training.keep)
        report(.saved(path: folder.checkpointPath, step: loop.state.step))
    }

    private func drawSamples(_ report: (Event) -> Void) throws {
        let step = loop.state.step
        let path = folder.samplePath(step: step)
        let grid = try SampleGrid(loop.model, registry: registry).draw(from: loop.state)
        let bytes = try PNG.encode(grid, texts: [PNGText("step", String(step))])
        try AtomicFile.write(bytes, to: path)
        try logs.add(png: bytes, of: grid, step: step)
        report(.sampled(path: path))
    }

    private func validate(_ report: (Event) -> Void) throws {
        for found in try validator?.reports(on: loop.state) ?? [] {
            try logs.add(found)
            report(.validated(found))
        }
    }

    private func storeAverages() throws {
        let path = folder.snapshotPath(step: loop.state.step)
        try AverageSnapshot.write(loop.state, of: loop.model.recipe, to: path)
    }
}

/// Images per second, and the share of the time spent waiting for them, since it was made.
private struct Speedometer {
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private var imageCount = 0
    private var wait = Duration.zero

    mutating func add(_ report: StepReport) {
        imageCount += report.imageCount
        wait += report.dataWait
    }

    var imagesPerSecond: Double { Double(imageCount) / Swift.max(1e-9, (clock.now - start) / .seconds(1)) }
    var dataWaitShare: Double { wait / Swift.max(.nanoseconds(1), clock.now - start) }
}
