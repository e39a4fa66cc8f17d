public import SwiffuseDiffusion
package import SwiffuseIO
public import SwiffuseNN
import SwiffuseTensor

extension Checkpoint {
    /// Writes a checkpoint, one tensor after the other, under a temporary name that replaces `path` when it is
    /// complete.
    ///
    /// The bytes are a function of the state, the recipe and the interval alone.
    ///
    /// - Parameter interval: losses that the log has not shown yet.
    /// - Throws: `CheckpointError`, `DeviceError`, `RecipeError`, or `TrainingError.notFinite` if a value is NaN or
    ///   infinite; the file at `path` is then what it was.
    public static func write(
        _ state: TrainingState, of recipe: Recipe, interval: LossInterval = LossInterval(), to path: String
    ) throws {
        try write(state, of: recipe, interval: interval, to: path, calls: .system)
    }

    /// As `write(_:of:interval:to:)`, with other calls than the operating system's.
    package static func write(
        _ state: TrainingState, of recipe: Recipe, interval: LossInterval, to path: String, calls: FileCalls
    ) throws {
        var metadata = try metadata(of: recipe, step: state.step)
        metadata[intervalKey] = interval.text
        if recipe.training.balance.isOn { metadata[balanceKey] = state.balance.text }
        try write(tensors(of: state, recipe), metadata: metadata, step: state.step, to: path, calls: calls)
    }

    /// Writes parameters that are only drawn with: no averages, nothing to train on with.
    ///
    /// - Parameter recipe: the run's; the file's says that there are no averages.
    /// - Throws: as `write(_:of:interval:to:)`.
    public static func write(_ store: ParameterStore, of recipe: Recipe, step: Int, to path: String) throws {
        var recipe = recipe
        recipe.forDrawingOnly()
        let tensors = zip(store.parameters, store.values).map { (name: $0.key, tensor: $1) }
        try write(tensors, metadata: try metadata(of: recipe, step: step), step: step, to: path, calls: .system)
    }

    static func metadata(of recipe: Recipe, step: Int) throws(RecipeError) -> [String: String] {
        [formatKey: format, stepKey: String(step), recipeKey: try recipe.tree().canonicalJSON]
    }

    /// Writes named float32 tensors, refusing values that are not finite.
    static func write(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], step: Int,
        storage: WeightsStorage = .float32, to path: String, calls: FileCalls
    ) throws {
        let specs = tensors.map {
            SafetensorsSpec(name: $0.name, dtype: storage.dtype, shape: $0.tensor.shape.dimensions)
        }
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata, calls: calls)
        for (name, tensor) in tensors {
            let values = try tensor.scalars()
            if let value = values.first(where: { !$0.isFinite }) {
                throw TrainingError.notFinite(NonFiniteValue(.stored(name), value: value, step: step))
            }
            try storage.append(values, as: name, to: &writer)
        }
        try writer.finish()
    }

    private static func tensors(of state: TrainingState, _ recipe: Recipe) -> [(name: String, tensor: Tensor)] {
        var tensors = zip(state.store.parameters, state.store.values).map { (name: $0.key, tensor: $1) }
        let trainable = state.store.parameters.filter(\.isTrainable)
        for (prefix, average) in zip(averagePrefixes(of: recipe.training), state.optimizer.averages) {
            tensors += trainable.map { (prefix + $0.key, average[$0]) }
        }
        tensors += trainable.map { (firstPrefix + $0.key, state.optimizer.first[$0.index]) }
        tensors += trainable.map { (secondPrefix + $0.key, state.optimizer.second[$0.index]) }
        return tensors
    }
}
