public import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

extension Checkpoint {
    /// Writes a checkpoint, one tensor after the other, under a temporary name that replaces `path` when it is
    /// complete.
    ///
    /// The bytes are a function of the state and the recipe alone.
    ///
    /// - Throws: `CheckpointError`, `DeviceError` or `RecipeError`; the file at `path` is then what it was.
    public static func write(_ state: TrainingState, of recipe: Recipe, to path: String) throws {
        let tensors = tensors(of: state, recipe)
        let metadata = [
            formatKey: format, stepKey: String(state.step), recipeKey: try recipe.tree().canonicalJSON,
        ]
        let specs = tensors.map { SafetensorsSpec(name: $0.name, dtype: .float32, shape: $0.tensor.shape.dimensions) }
        var writer = try SafetensorsWriter(path: path, tensors: specs, metadata: metadata)
        for (name, tensor) in tensors { try writer.append(name, try tensor.scalars()) }
        try writer.finish()
    }

    private static func tensors(of state: TrainingState, _ recipe: Recipe) -> [(name: String, tensor: Tensor)] {
        var tensors = zip(state.store.parameters, state.store.values).map { (name: $0.key, tensor: $1) }
        let trainable = state.store.parameters.filter(\.isTrainable)
        for (decay, average) in zip(recipe.training.ema, state.optimizer.averages) {
            tensors += trainable.map { (averagePrefix(decay) + $0.key, average[$0]) }
        }
        tensors += trainable.map { (firstPrefix + $0.key, state.optimizer.first[$0.index]) }
        tensors += trainable.map { (secondPrefix + $0.key, state.optimizer.second[$0.index]) }
        return tensors
    }
}
