public import SwiffuseDiffusion
public import SwiffuseIO
public import SwiffuseTensor

/// A run on disk: trains, logs, validates, draws samples and keeps checkpoints in a folder.
///
/// The folder belongs to this value, and to no other process, until it goes away.
public struct TrainingRun: Sendable {
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
        /// A damaged picture was met for the first time.
        case skipped(SkippedPicture)
        case sampled(path: String)
        case validated(ValidationReport)
        case saved(path: String, step: Int)
    }

    public let folder: RunFolder
    public internal(set) var loop: TrainingLoop
    /// How the first weights were found, if they came from a file.
    public let loadReport: LoadReport?
    /// The update after which the folder's checkpoint was written; nil before the first one.
    public internal(set) var savedStep: Int?
    let registry: Registry
    let logs: RunLogs
    let validator: Validator?
    var interval: LossInterval
    private let lock: FolderLock

    /// - Parameters:
    ///   - recipe: what to train; the folder's own recipe must equal it if the run is resumed.
    ///   - registry: the parts that the recipe names.
    ///   - folder: where the run keeps its files.
    ///   - start: whether the folder must be new.
    ///   - weights: where a new run gets its first weights; drawn from the seed if nil.
    ///   - loading: how pictures are brought in.
    ///   - device: where to compute.
    /// - Throws: `RecipeError`, `DataError`, `FileError`, `CheckpointError`, `TrainingError`, `LoadReport`, or what
    ///   keeps the weights of a frozen network from being read; a mistake in the recipe, the data or the weights is found
    ///   before anything is written.
    public init(
        _ recipe: Recipe, registry: Registry, folder: RunFolder, start: Start, weights: InitialWeights? = nil,
        loading: LoadingOptions = LoadingOptions(), on device: any Device
    ) throws {
        if case .new = start, try folder.isOccupied { throw TrainingError.occupied(path: folder.path) }
        if case .resuming = start, !folder.hasCheckpoint { throw TrainingError.nothingToResume(path: folder.path) }
        guard recipe.data.type != "none" else { throw TrainingError.noData }
        let training = recipe.training
        let recipe = try recipe.namingWeights(registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        let data = try TrainingData(source, for: recipe, loading: loading)
        let opening = try Opening(model, start: start, weights: weights, on: device)
        let networks = try FrozenNetworks(loading: model.frozenNetworks, on: device)
        try folder.create(withCheckpoints: training.keep.isOn, withSnapshots: training.emaSnapshots.isOn)
        lock = try folder.claim()
        // Only now is it certain that nobody else writes here.
        if case .new = start, try folder.isOccupied { throw TrainingError.occupied(path: folder.path) }
        // A run that never came to a checkpoint may have left pictures and averages.
        if opening.isNew { try folder.clear() }
        let begin = try opening.begin(in: folder, registry: registry)
        loop = try TrainingLoop(model, state: begin.state, data: data, networks: networks)
        interval = begin.interval
        savedStep = begin.savedStep
        loadReport = opening.loadReport
        validator = Validator(model, data: data)
        self.folder = folder
        self.registry = registry
        try AtomicFile.write(Array(try recipe.tree().yaml.utf8), to: folder.recipePath)
        logs = try RunLogs(folder, of: model, keepingThrough: begin.state.step)
        // A run that was killed may have saved without keeping the number.
        if let savedStep { try folder.keepCheckpoint(of: savedStep, training.keep) }
    }

    var training: TrainingConfiguration { loop.model.recipe.training }
}

/// Finds the state that a run begins with; mistakes in given weights show before the folder is touched.
private struct Opening {
    let loadReport: LoadReport?
    private let model: DiffusionModel
    private let device: any Device
    /// The state of a new run; nil if one is resumed.
    private let fresh: TrainingState?

    var isNew: Bool { fresh != nil }

    init(_ model: DiffusionModel, start: TrainingRun.Start, weights: InitialWeights?, on device: any Device) throws {
        self.model = model
        self.device = device
        let training = model.recipe.training
        switch start {
        case .resuming:
            fresh = nil
            loadReport = nil
        case .new, .overwriting:
            var state = TrainingState(model.scope, seed: training.seed, optimizer: training.adamW, on: device)
            loadReport = try weights?.load(into: &state.store, of: model)
            if loadReport != nil { state.optimizer = training.adamW.begin(state.store) }
            fresh = state
        }
    }

    func begin(
        in folder: RunFolder, registry: Registry
    ) throws -> (state: TrainingState, interval: LossInterval, savedStep: Int?) {
        if let fresh { return (fresh, LossInterval(), nil) }
        guard folder.hasCheckpoint else { throw TrainingError.nothingToResume(path: folder.path) }
        let checkpoint = try Checkpoint(path: folder.checkpointPath)
        // Resolved, because the file may be older than some settings.
        let tree = try checkpoint.recipe(registry: registry).tree()
        if let difference = tree.firstDifference(from: try model.recipe.tree()) {
            throw TrainingError.recipeMismatch(path: folder.checkpointPath, difference: difference)
        }
        return (try checkpoint.state(of: model, on: device), checkpoint.interval, checkpoint.step)
    }
}
