public import SwiffuseDiffusion
public import SwiffuseTensor

extension CostEstimate {
    /// The most memory that drawing one batch takes at once, parameters included, in bytes.
    ///
    /// Nothing is computed or allocated. At most 64 steps are tried: the others need no more.
    ///
    /// - Parameters:
    ///   - model: draws with its recipe's settings.
    ///   - registry: the parts that the recipe names.
    ///   - kernels: those of the device to estimate for.
    ///   - batch: pictures drawn at once.
    public static func samplingPeak(
        of model: DiffusionModel, registry: Registry, kernels: KernelTable, batch: Int
    ) throws -> Int {
        var settings = model.recipe.sampling
        settings.grid.steps = min(settings.grid.steps, 64)
        return try CostProbe(model, kernels: kernels)
            .sampling(registry: registry, batch: batch, settings: settings).memory.peak
    }
}
