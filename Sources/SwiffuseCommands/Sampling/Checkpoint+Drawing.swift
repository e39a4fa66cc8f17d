import Swiffuse

extension Checkpoint {
    /// The weights that a model's recipe draws with, lying as the device multiplies by them fastest.
    func drawingStore(
        of model: DiffusionModel, kept storage: KeptWeights, on device: any Device
    ) throws(CheckpointError) -> ParameterStore {
        var store = try store(model.recipe.sampling.ema, of: model, kept: storage, on: device)
        store.layOutForProducts()
        return store
    }
}
