public import SwiffuseDiffusion
public import SwiffuseIO
public import SwiffuseNN
public import SwiffuseTensor

/// An average of a run's parameters whose length is chosen after training, as a weighted sum of stored power-function
/// averages (Karras et al., arXiv:2312.02696, section 3.2).
public struct PostHocAverage: Sendable {
    /// One stored average and its factor in the sum.
    private struct Part {
        let file: SafetensorsFile
        let prefix: String
        let weight: Double
    }

    /// Most snapshots that are looked at; of more, evenly spaced ones.
    private static let snapshotLimit = 256

    /// The update at which the average ends.
    public let step: Int
    private let parts: [Part]
    private let model: DiffusionModel
    private let checkpoint: Checkpoint

    /// Finds the weights for an average at a run's checkpoint, from its snapshots and the averages in the checkpoint.
    ///
    /// - Parameter length: relative length σ_rel, 0.001…0.288.
    /// - Throws: `AverageError` if the run stored no averages, `FileError`, `CheckpointError` or `RecipeError`.
    public init(length: Double, of folder: RunFolder, registry: Registry) throws {
        guard EMASnapshotConfiguration.possibleLengths.contains(length) else { throw AverageError.length(length) }
        checkpoint = try Checkpoint(path: folder.checkpointPath)
        model = try DiffusionModel(try checkpoint.recipe(registry: registry), registry: registry)
        step = checkpoint.step
        let lengths = model.recipe.training.emaSnapshots.lengths
        guard !lengths.isEmpty, step > 0 else { throw AverageError.nothingStored(path: folder.path) }
        var stored: [(profile: AverageProfile, file: SafetensorsFile, prefix: String)] = []
        for snapshot in try Self.files(in: folder, before: step) + [(step, checkpoint.file)] {
            for tracked in lengths {
                let profile = AverageProfile(step: snapshot.step, function: PowerFunction(relativeLength: tracked))
                stored.append((profile, snapshot.file, Checkpoint.powerPrefix(tracked)))
            }
        }
        let target = AverageProfile(step: step, function: PowerFunction(relativeLength: length))
        guard let weights = target.weights(over: stored.map(\.profile)) else {
            throw AverageError.ambiguous(path: folder.path)
        }
        parts = zip(stored, weights).map { Part(file: $0.file, prefix: $0.prefix, weight: $1) }
    }

    /// Computes the average; fixed parameters are those of the checkpoint.
    ///
    /// - Throws: `CheckpointError`.
    public func store(on device: any Device) throws(CheckpointError) -> ParameterStore {
        var values: [Tensor] = []
        for parameter in model.scope.parameters {
            // Float64: the factors have both signs and may be large.
            var sum = [Double](repeating: 0, count: parameter.shape.count)
            let shares = parameter.isTrainable ? parts : [Part(file: checkpoint.file, prefix: "", weight: 1)]
            for part in shares {
                let stored = try part.file.float32(of: part.prefix + parameter.key)
                guard stored.count == sum.count else {
                    throw .malformed(
                        path: part.file.path, reason: "'\(parameter.key)' has another shape than the model's")
                }
                for index in sum.indices { sum[index] += part.weight * Double(stored[index]) }
            }
            values.append(Tensor(sum.map { Float($0) }, shape: parameter.shape, on: device))
        }
        return ParameterStore(model.scope.parameters, values: values)
    }

    /// Writes the average as a checkpoint to draw with.
    public func write(to path: String, on device: any Device) throws {
        try Checkpoint.write(try store(on: device), of: model.recipe, step: step, to: path)
    }

    private static func files(in folder: RunFolder, before step: Int) throws -> [(step: Int, file: SafetensorsFile)] {
        var files: [(step: Int, file: SafetensorsFile)] = []
        let numbers = try folder.snapshotSteps().filter { $0 > 0 && $0 < step }
        let stride = (numbers.count + snapshotLimit - 1) / snapshotLimit
        // Counted from the end, where the weight is.
        for (index, number) in numbers.reversed().enumerated() where index % max(1, stride) == 0 {
            files.append((number, try SafetensorsFile(path: folder.snapshotPath(step: number))))
        }
        return files
    }
}

/// Why an average cannot be made after training.
public enum AverageError: Error, Sendable, Equatable, CustomStringConvertible {
    case length(Double)
    /// The run tracked no power-function averages.
    case nothingStored(path: String)
    /// The stored averages do not determine the weights.
    case ambiguous(path: String)

    public var description: String {
        switch self {
        case .length(let length): "length: found \(length), expected \(EMASnapshotConfiguration.possibleLengths)"
        case .nothingStored(let path):
            "\(path) holds no averages to choose from; train with training.emaSnapshots.lengths, such as [0.05, 0.1]"
        case .ambiguous(let path): "the averages in \(path) are too alike to be combined; store them less often"
        }
    }
}
