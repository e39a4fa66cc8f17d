import SwiffuseDiffusion
import SwiffuseIO
import SwiffuseNN
import SwiffuseTensor

/// A file of power-function averages at one moment of a run, under `power/<length>/`.
enum AverageSnapshot {
    /// Writes the averages of a state; none of the other parameters.
    static func write(_ state: TrainingState, of recipe: Recipe, to path: String) throws {
        let averages = state.optimizer.averages.dropFirst(recipe.training.ema.count)
        let trainable = state.store.parameters.filter(\.isTrainable)
        var tensors: [(name: String, tensor: Tensor)] = []
        for (length, average) in zip(recipe.training.emaSnapshots.lengths, averages) {
            tensors += trainable.map { (Checkpoint.powerPrefix(length) + $0.key, average[$0]) }
        }
        try Checkpoint.write(
            tensors, metadata: try Checkpoint.metadata(of: recipe, step: state.step), step: state.step,
            storage: recipe.training.emaSnapshots.storage, to: path, calls: .system)
    }
}
