public import SwiffuseDiffusion
import SwiffuseIO
public import SwiffuseTensor

/// A run on disk: trains, logs, draws samples and keeps a checkpoint in a folder.
public struct TrainingRun {
    /// Whether the folder must be new.
    public enum Start: Sendable {
        /// A new run in a folder without one.
        case new
        /// A new run that replaces an old one.
        case overwriting
        /// Goes on from the folder's checkpoint.
        case resuming
    }

    /// What happens during a run, for progress lines.
    public enum Event: Sendable {
        case began(step: Int, of: Int, parameterCount: Int)
        case stepped(StepReport, memory: MemoryUse)
        case sampled(path: String)
        case saved(path: String, step: Int)
    }

    public let folder: RunFolder
    public private(set) var loop: TrainingLoop
    private let registry: Registry
    private let log: CSVLog
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - recipe: what to train; the folder's own recipe must equal it if the run is resumed.
    ///   - registry: the parts that the recipe names.
    ///   - folder: where the run keeps its files.
    ///   - start: whether the folder must be new.
    ///   - device: where to compute.
    /// - Throws: `RecipeError`, `DataError`, `FileError`, `CheckpointError`, `TrainingError`; a mistake in
    ///   the recipe or the data is found before anything is written.
    public init(_ recipe: Recipe, registry: Registry, folder: RunFolder, start: Start, on device: any Device) throws {
        if case .new = start, folder.hasCheckpoint { throw TrainingError.occupied(path: folder.path) }
        guard recipe.data.type != "none" else { throw TrainingError.noData }
        let model = try DiffusionModel(recipe, registry: registry)
        let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        loop = try TrainingLoop(
            model, state: try Self.state(of: model, in: folder, start: start, on: device), source: source)
        self.folder = folder
        self.registry = registry
        if case .overwriting = start { try folder.clear() }
        try folder.create()
        try AtomicFile.write(Array(try recipe.tree().yaml.utf8), to: folder.recipePath)
        log = try CSVLog(
            path: folder.logPath, columns: ["step", "loss", "gradient_norm", "learning_rate", "images_per_second"],
            keepingThrough: loop.state.step)
    }

    /// Trains to the recipe's last update, or until asked to stop; saves in both cases.
    ///
    /// - Parameters:
    ///   - shouldStop: asked after every update.
    ///   - report: called after everything that happens.
    public mutating func run(shouldStop: () -> Bool = { false }, report: (Event) -> Void = { _ in }) throws {
        let training = loop.model.recipe.training
        let device = loop.state.store.device
        report(.began(step: loop.state.step, of: training.steps, parameterCount: loop.state.store.valueCount))
        var savedStep = -1
        var interval = LogInterval(start: clock.now)
        while !loop.isFinished && !shouldStop() {
            let step = try loop.step()
            interval.add(step)
            if step.step % training.logEvery == 0 || loop.isFinished {
                try log.append(interval.line(at: clock.now))
                interval = LogInterval(start: clock.now)
            }
            report(.stepped(step, memory: device.memoryUse))
            if training.sampleEvery > 0 && step.step % training.sampleEvery == 0 {
                try drawSamples(step.step, report)
            }
            if training.checkpointEvery > 0 && step.step % training.checkpointEvery == 0 {
                try save(report)
                savedStep = step.step
            }
        }
        if savedStep != loop.state.step { try save(report) }
    }

    private func save(_ report: (Event) -> Void) throws {
        try Checkpoint.write(loop.state, of: loop.model.recipe, to: folder.checkpointPath)
        report(.saved(path: folder.checkpointPath, step: loop.state.step))
    }

    private func drawSamples(_ step: Int, _ report: (Event) -> Void) throws {
        let path = folder.samplePath(step: step)
        let grid = try SampleGrid(loop.model, registry: registry).draw(from: loop.state)
        try PNG.write(grid, to: path, texts: [PNGText("step", String(step))])
        report(.sampled(path: path))
    }

    private static func state(
        of model: DiffusionModel, in folder: RunFolder, start: Start, on device: any Device
    ) throws -> TrainingState {
        let training = model.recipe.training
        switch start {
        case .new, .overwriting:
            return TrainingState(model.scope, seed: training.seed, optimizer: training.adamW, on: device)
        case .resuming:
            guard folder.hasCheckpoint else { throw TrainingError.nothingToResume(path: folder.path) }
            let checkpoint = try Checkpoint(path: folder.checkpointPath)
            if let difference = try checkpoint.recipeTree().firstDifference(from: try model.recipe.tree()) {
                throw TrainingError.recipeMismatch(path: folder.checkpointPath, difference: difference)
            }
            return try checkpoint.state(of: model, on: device)
        }
    }
}

/// What is averaged between two lines of the log.
private struct LogInterval {
    let start: ContinuousClock.Instant
    var lossSum = 0.0
    var stepCount = 0
    var imageCount = 0
    var last: StepReport?

    init(start: ContinuousClock.Instant) { self.start = start }

    mutating func add(_ report: StepReport) {
        lossSum += Double(report.loss)
        stepCount += 1
        imageCount += report.imageCount
        last = report
    }

    func line(at now: ContinuousClock.Instant) -> [String] {
        guard let last else { return ["", "", "", "", ""] }
        let seconds = Swift.max(1e-9, (now - start) / .seconds(1))
        return [
            String(last.step), String(lossSum / Double(stepCount)), String(last.gradientNorm),
            String(last.learningRate), String(Double(imageCount) / seconds),
        ]
    }
}
