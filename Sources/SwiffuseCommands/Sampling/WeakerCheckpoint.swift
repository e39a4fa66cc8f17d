import Swiffuse

/// The checkpoint behind `--auto-guidance`.
struct WeakerCheckpoint {
    let checkpoint: Checkpoint
    let model: DiffusionModel

    /// Opens it and checks that it draws the same kind of pictures.
    init(_ path: String, weights: WeightsChoice?, besides recipe: Recipe, registry: Registry) throws {
        checkpoint = try Checkpoint(path: RunFolder.checkpointPath(at: path))
        var weaker: Recipe
        do {
            weaker = try checkpoint.recipe(registry: registry)
        } catch {
            throw UserError("\(checkpoint.file.path): its recipe cannot be used: \(error)")
        }
        guard weaker.model == recipe.model else {
            throw UserError(
                "--auto-guidance: \(path) draws \(Self.words(weaker.model)), the other checkpoint "
                    + "\(Self.words(recipe.model)); the two must agree")
        }
        guard weaker.path == recipe.path else {
            throw UserError(
                "--auto-guidance: \(path) follows the path \(weaker.path.type), the other checkpoint "
                    + "\(recipe.path.type); the two must agree")
        }
        if let weights { weaker.sampling.ema = weights }
        if case .average(let decay) = weaker.sampling.ema, !weaker.training.ema.contains(decay) {
            throw UserError(
                "--auto-guidance-ema: \(path) has no running average with the decay \(decay); it has "
                    + "\(weaker.training.ema)")
        }
        model = try DiffusionModel(weaker, registry: registry)
    }

    /// Its weights on a device.
    func network(kept storage: KeptWeights, on device: any Device) throws -> WeakerModel {
        WeakerModel(model, pass: Pass(try checkpoint.drawingStore(of: model, kept: storage, on: device)))
    }

    private static func words(_ model: ModelSpec) -> String {
        "\(model.image.channels)×\(model.image.height)×\(model.image.width) with \(model.classCount) classes"
    }
}
