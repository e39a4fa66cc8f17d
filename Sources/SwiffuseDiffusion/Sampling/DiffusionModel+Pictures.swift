public import SwiffuseIO
public import SwiffuseNN
import SwiffuseTensor

extension DiffusionModel {
    /// Draws pictures, each from the noise of its own seed.
    ///
    /// - Parameters:
    ///   - seeds: one for each picture.
    ///   - labels: its class, in 0 ..< the recipe's number of classes; not looked at in a model without classes.
    ///   - sampler: how to draw.
    ///   - store: the weights.
    /// - Returns: 8-bit pictures in the order of the seeds.
    /// - Throws: `SamplingError` or `DeviceError`.
    public func pictures(
        seeds: [UInt64], labels: [Int], by sampler: DiffusionSampler, from store: ParameterStore
    ) throws -> [ImageBuffer] {
        let noise = DiffusionSampler.noise(
            seeds: seeds, image: recipe.image, scale: Float(recipe.training.noiseScale), on: store.device)
        let condition: SamplingCondition =
            recipe.classes == 0 ? .none : .classes(labels, of: recipe.model, on: store.device)
        return try sampler.sample(from: noise, condition: condition, in: Pass(store), stepNoise: .seeds(seeds))
            .images.images()
    }
}
