public import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN

/// Writes one set of a checkpoint's weights as a plain safetensors file.
public struct WeightsExport: Sendable {
    public var choice: WeightsChoice
    public var storage: WeightsStorage
    /// What to put before each key. Without it the file carries the recipe, and pictures can be drawn with it; with it the
    /// file has only the network, since other programs keep what the losses declared beside it.
    public var prefix: String

    public init(_ choice: WeightsChoice = .automatic, storage: WeightsStorage = .float32, prefix: String = "") {
        self.choice = choice
        self.storage = storage
        self.prefix = prefix
    }

    /// - Throws: `RecipeError`, `CheckpointError`, or `ExportError` for a number too large for the type.
    public func write(_ checkpoint: Checkpoint, registry: Registry, to path: String) throws {
        var recipe = try checkpoint.recipe(registry: registry)
        let model = try DiffusionModel(recipe, registry: registry)
        let parameters = model.scope.parameters.dropLast(prefix.isEmpty ? 0 : model.lossParameters.count)
        let source = try Checkpoint.prefix(of: choice, in: recipe.training)
        recipe.forDrawingOnly()
        let tensors = parameters.map { (name: prefix + $0.key, shape: $0.shape.dimensions) }
        let metadata = prefix.isEmpty ? try Checkpoint.metadata(of: recipe, step: checkpoint.step) : [:]
        try write(tensors, metadata: metadata, to: path) { index in
            let parameter = parameters[index]
            return try checkpoint.file.float32(of: parameter.isTrainable ? source + parameter.key : parameter.key)
        }
    }

    /// Writes the weights of another program's file as a checkpoint that pictures can be drawn with.
    ///
    /// What only the losses need, such as REPA's head, is copied if the file has all of it; otherwise the recipe that is
    /// written names no losses.
    ///
    /// - Parameters:
    ///   - weights: the file and which of its keys are meant.
    ///   - recipe: the model that the weights belong to.
    /// - Throws: `CheckpointError`, `LoadReport` if file and model do not match.
    public func write(
        _ weights: InitialWeights, as recipe: Recipe, registry: Registry, to path: String
    ) throws -> LoadReport {
        var recipe = recipe
        let model = try DiffusionModel(recipe, registry: registry)
        let (report, values) = try weights.values(for: model, purpose: .drawing)
        recipe.forDrawingOnly()
        if !report.leftOut.isEmpty { recipe.losses = [] }
        let tensors = values.map { (name: $0.0.key, shape: $0.0.shape.dimensions) }
        try write(tensors, metadata: try Checkpoint.metadata(of: recipe, step: 0), to: path) { values[$0].1 }
        return report
    }

    private func write(
        _ tensors: [(name: String, shape: [Int])], metadata: [String: String], to path: String,
        values: (Int) throws -> [Float]
    ) throws {
        let specs = tensors.map { SafetensorsSpec(name: $0.name, dtype: storage.dtype, shape: $0.shape) }
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata)
        for (index, spec) in specs.enumerated() {
            try storage.append(try values(index), as: spec.name, to: &writer)
        }
        try writer.finish()
    }
}

extension Checkpoint {
    /// What stands before the keys of a choice of weights.
    ///
    /// - Throws: `RecipeError` if the run has no such average.
    static func prefix(of choice: WeightsChoice, in training: TrainingConfiguration) throws(RecipeError) -> String {
        switch choice {
        case .raw: return ""
        case .automatic: return training.ema.first.map(averagePrefix) ?? ""
        case .average(let decay):
            guard training.ema.contains(decay) else {
                throw RecipeError(
                    .conflict, at: "training.ema", "no running average has the decay \(decay)",
                    advice: "there are \(training.ema)")
            }
            return averagePrefix(decay)
        }
    }
}

extension Recipe {
    /// Forgets the averages: for a file with one set of weights.
    mutating func forDrawingOnly() {
        training.ema = []
        training.emaSnapshots.lengths = []
        training.validation.weights = [.raw]
        sampling.ema = .raw
    }
}
