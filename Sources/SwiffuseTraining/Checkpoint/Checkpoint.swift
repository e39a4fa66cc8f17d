public import SwiffuseDiffusion
public import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

/// The file of a run: parameters under their own keys, averages under `ema/<decay>/` and `power/<length>/`, moments under
/// `optimizer/`, the resolved recipe and the number of updates in the metadata.
public struct Checkpoint: Sendable {
    static let formatKey = "swiffuse.format"
    static let recipeKey = "swiffuse.recipe"
    static let stepKey = "swiffuse.step"
    static let intervalKey = "swiffuse.interval"
    static let balanceKey = "swiffuse.balance"
    static let format = "1"

    public let file: SafetensorsFile
    /// The resolved recipe, as text.
    public let recipeText: String
    /// Number of updates done.
    public let step: Int
    /// Losses that the log had not shown yet.
    public let interval: LossInterval
    /// The factor that adaptive balancing had reached.
    public let balance: LossBalance

    /// Opens a checkpoint; reads its header only.
    ///
    /// - Throws: `CheckpointError` if the file is damaged or not a checkpoint of this library.
    public init(path: String) throws(CheckpointError) {
        let file = try SafetensorsFile(path: path)
        guard let recipe = file.metadata[Self.recipeKey], let step = file.metadata[Self.stepKey].flatMap(Int.init),
            (0...1_000_000_000).contains(step)
        else {
            throw .notACheckpoint(
                path: path,
                reason: "it holds tensors but no recipe; 'swiffuse convert' with --recipe adds one, and "
                    + "'swiffuse train --init' begins a run with such weights")
        }
        guard file.metadata[Self.formatKey] == Self.format else {
            throw .notACheckpoint(
                path: path,
                reason: "its format is \(file.metadata[Self.formatKey] ?? "unknown"), this version reads \(Self.format)"
            )
        }
        self.file = file
        recipeText = recipe
        self.step = step
        interval = file.metadata[Self.intervalKey].flatMap(LossInterval.init(text:)) ?? LossInterval()
        balance = file.metadata[Self.balanceKey].flatMap(LossBalance.init(text:)) ?? LossBalance()
    }

    /// Whether a file carries a recipe, as checkpoints of this library do.
    public static func isCheckpoint(_ file: SafetensorsFile) -> Bool { file.metadata[recipeKey] != nil }

    /// The recipe of the run.
    public func recipe(registry: Registry) throws(RecipeError) -> Recipe {
        try Recipe(try RecipeValue(yaml: recipeText), registry: registry)
    }

    /// The parameter values to draw with.
    ///
    /// - Throws: `malformed` also if a weight is too large to be kept as asked.
    public func store(
        _ choice: WeightsChoice, of model: DiffusionModel, kept storage: KeptWeights = .float32, on device: any Device
    ) throws(CheckpointError) -> ParameterStore {
        let prefix: String =
            switch choice {
            case .raw: ""
            case .automatic: model.recipe.training.ema.first.map(Self.averagePrefix) ?? ""
            case .average(let decay): Self.averagePrefix(decay)
            }
        return try load(model.scope.parameters, prefix: prefix, kept: storage, on: device)
    }

    /// Everything needed to go on training.
    public func state(of model: DiffusionModel, on device: any Device) throws(CheckpointError) -> TrainingState {
        let parameters = model.scope.parameters
        var averages: [ParameterStore] = []
        for prefix in Self.averagePrefixes(of: model.recipe.training) {
            averages.append(try load(parameters, prefix: prefix, on: device))
        }
        return TrainingState(
            store: try load(parameters, prefix: "", on: device),
            optimizer: OptimizerState(
                step: step, first: try moments(parameters, prefix: Self.firstPrefix, on: device),
                second: try moments(parameters, prefix: Self.secondPrefix, on: device), averages: averages),
            balance: balance)
    }

    static let firstPrefix = "optimizer/first/"
    static let secondPrefix = "optimizer/second/"
    static func averagePrefix(_ decay: Double) -> String { "ema/\(decay)/" }
    static func powerPrefix(_ length: Double) -> String { "power/\(length)/" }

    /// The prefixes of all averages, in the order of `OptimizerState.averages`.
    static func averagePrefixes(of training: TrainingConfiguration) -> [String] {
        training.ema.map(averagePrefix) + training.emaSnapshots.lengths.map(powerPrefix)
    }

    func load(
        _ parameters: [Parameter], prefix: String, kept storage: KeptWeights = .float32, on device: any Device
    ) throws(CheckpointError) -> ParameterStore {
        var values: [Tensor] = []
        for parameter in parameters {
            // Frozen tables have no averages of their own.
            let key = parameter.isTrainable ? prefix + parameter.key : parameter.key
            let value = try tensor(key, parameter.shape, on: device)
            switch storage {
            case .float32: values.append(value)
            case .float16: values.append(parameter.shape.rank == 2 ? try narrowed(value, key) : value)
            }
        }
        return ParameterStore(parameters, values: values)
    }

    private func moments(
        _ parameters: [Parameter], prefix: String, on device: any Device
    ) throws(CheckpointError) -> [Tensor] {
        var values: [Tensor] = []
        for parameter in parameters {
            values.append(
                parameter.isTrainable
                    ? try tensor(prefix + parameter.key, parameter.shape, on: device) : Tensor.zeros([0], on: device))
        }
        return values
    }

    /// The tensor of a key as float16.
    private func narrowed(_ value: Tensor, _ key: String) throws(CheckpointError) -> Tensor {
        let largest: Float = 65_504
        if let beyond = try file.float32(of: key).first(where: { !(abs($0) <= largest) }) {
            throw .malformed(
                path: file.path,
                reason: "tensor '\(key)' has the element \(beyond), float16 holds numbers up to \(largest); keep "
                    + "weights as float32")
        }
        return value.cast(to: .float16)
    }

    private func tensor(_ key: String, _ shape: Shape, on device: any Device) throws(CheckpointError) -> Tensor {
        let entry = try file.entry(key)
        guard entry.shape == shape.dimensions, [.float32, .float16, .bfloat16].contains(entry.dtype) else {
            throw .malformed(
                path: file.path,
                reason: "tensor '\(key)' is \(entry.dtype.rawValue) \(entry.shape), the model needs F32 \(shape)")
        }
        guard entry.dtype == .float32 else { return Tensor(try file.float32(of: key), shape: shape, on: device) }
        return try file.withBytes(of: key) { bytes in Tensor(bytes: bytes, spec: TensorSpec(shape), on: device) }
    }
}

extension Checkpoint {
    /// The resolved recipe as a tree.
    public func recipeTree() throws(RecipeError) -> RecipeValue { try RecipeValue(yaml: recipeText) }
}
