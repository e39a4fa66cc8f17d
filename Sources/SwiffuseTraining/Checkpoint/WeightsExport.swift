public import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN

/// Writes one set of a checkpoint's weights as a plain safetensors file.
public struct WeightsExport: Sendable {
    /// How the numbers are stored; smaller types round to the nearest number.
    public enum Storage: String, Sendable, CaseIterable {
        case float32, float16, bfloat16

        var dtype: StoredDType {
            switch self {
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            }
        }
    }

    public var choice: WeightsChoice
    public var storage: Storage
    /// What to put before each key. Without it the file carries the recipe, and pictures can be drawn with it.
    public var prefix: String

    public init(_ choice: WeightsChoice = .automatic, storage: Storage = .float32, prefix: String = "") {
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
            switch storage {
            case .float32: try writer.append(spec.name, values)
            case .float16: try writer.append(spec.name, try values.map { try Self.half($0, in: key) })
            case .bfloat16: try writer.append(spec.name, values.map(Self.brain))
            }
        }
        try writer.finish()
    }

    private static func half(_ value: Float, in key: String) throws(ExportError) -> UInt16 {
        let half = Float16(value)
        guard half.isFinite || !value.isFinite else { throw ExportError.tooLarge(key: key, value: value) }
        return half.bitPattern
    }

    /// The upper half of a Float32, rounded to nearest, ties to even.
    private static func brain(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}

/// Why weights cannot be written in a smaller type.
public enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLarge(key: String, value: Float)

    public var description: String {
        switch self {
        case .tooLarge(let key, let value):
            "'\(key)' holds \(value), which float16 cannot hold; use bfloat16 or float32"
        }
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
