import SwiffuseDiffusion
import SwiffuseTesting

/// The arguments of the official `PixNerDiT` class of DeCo, as a configuration of ours.
struct DeCoArguments {
    let configuration: DeCoConfiguration

    init(_ settings: FixtureSettings, model: ModelSpec) throws {
        var configuration = DeCoConfiguration()
        configuration.patchSize = try settings.integer("patch_size")
        configuration.hiddenSize = try settings.integer("hidden_size")
        configuration.headCount = try settings.integer("num_groups")
        configuration.depth = try settings.integer("num_cond_blocks")
        let (blocks, limit) = (try settings.integer("num_blocks"), 4096)
        guard (0...limit).contains(blocks), (0...limit).contains(configuration.depth) else {
            throw settings.malformed("num_blocks", "or num_cond_blocks is not 0 to \(limit)")
        }
        configuration.decoderDepth = blocks - configuration.depth
        configuration.decoderWidth = try settings.integer("hidden_size_x")
        try configuration.validate()
        try DeCo.validate(configuration, for: model)
        self.configuration = configuration
    }
}
