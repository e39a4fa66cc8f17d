public import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN

/// Writes one set of a checkpoint's weights as a plain safetensors file.
public struct WeightsExport: Sendable {
    public var choice: WeightsChoice
    public var storage: WeightsStorage
    /// What to put before each key. Without it the file carries the recipe, and pictures can be drawn with it.
    public var prefix: String

    public init(_ choice: WeightsChoice = .automatic, storage: WeightsStorage = .float32, prefix: String = "") {
        self.choice = choice
        self.storage = storage
        self.prefix = prefix
    }

    /// - Throws: `RecipeError`, `CheckpointError`, or `ExportError` for a number too large for the type.
    public func write(_ checkpoint: Checkpoint, registry: Registry, to path: String) throws {
        var recipe = try checkpoint.recipe(registry: registry)
        let parameters = try DiffusionModel(recipe, registry: registry).scope.parameters
        let source = try Checkpoint.prefix(of: choice, in: recipe.training)
        recipe.forDrawingOnly()
        let specs = parameters.map {
            SafetensorsSpec(name: prefix + $0.key, dtype: storage.dtype, shape: $0.shape.dimensions)
        }
        let metadata = prefix.isEmpty ? try Checkpoint.metadata(of: recipe, step: checkpoint.step) : [:]
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata)
        for (parameter, spec) in zip(parameters, specs) {
            let key = parameter.isTrainable ? source + parameter.key : parameter.key
            let values = try checkpoint.file.float32(of: key)
            try storage.append(values, as: spec.name, to: &writer)
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
