public import SwiffuseDiffusion
public import SwiffuseTensor

extension TrainingLoop {
    /// How long an update of a recipe takes on a device, found by making some that are thrown away.
    ///
    /// - Parameter updates: how many to time, after three that warm up.
    /// - Returns: seconds.
    /// - Throws: what making the model, reading pictures and computing throws.
    public static func secondsPerUpdate(
        of recipe: Recipe, registry: Registry, on device: any Device, updates: Int = 10
    ) throws -> Double {
        let model = try DiffusionModel(recipe, registry: registry)
        let source = try registry.make(recipe.data, as: .data, in: BuildContext(model: recipe.model))
        let state = TrainingState(model.scope, seed: 0, optimizer: recipe.training.adamW, on: device)
        var loop = try TrainingLoop(model, state: state, source: source)
        for _ in 0..<3 { _ = try loop.step() }
        let start = ContinuousClock.now
        for _ in 0..<updates { _ = try loop.step() }
        return (ContinuousClock.now - start) / .seconds(updates)
    }
}
