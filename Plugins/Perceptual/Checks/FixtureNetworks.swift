import SwiffuseDiffusion
import SwiffuseNN
import SwiffuseTensor
import SwiffuseTesting

/// Frozen networks whose weights lie in a fixture, under `weights.lpips.` and `weights.dino.`.
enum FixtureNetworks {
    static func load(
        _ networks: [FrozenNetwork], from fixture: GoldenFixture, on device: any Device
    ) throws -> FrozenNetworks {
        var stores: [String: ParameterStore] = [:]
        for network in networks where stores[network.id] == nil {
            let prefix = network.id.hasPrefix(LPIPSLoss.key) ? "weights.lpips." : "weights.dino."
            // Constants, aliases, and what only the training of DINOv2 uses.
            let others = ["scaling_layer.", "lins.", "mask_token"].map { prefix + $0 }
            stores[network.id] = try fixture.parameters(
                of: network.scope, prefix: prefix, leaving: others, on: device)
        }
        return FrozenNetworks(stores)
    }
}

/// The settings of LPIPS and P-DINO in fixtures of training.
struct LossArguments {
    var lpips = LPIPSLossConfiguration()
    var dino = PDINOConfiguration()

    init(_ config: FixtureSettings) throws {
        lpips.network.heads = .learned
        lpips.network.widths = try config.list("vgg_channels").compactMap(\.integer)
        let side = try config.integer(
            config.contains("base_patch_size") ? "base_patch_size" : "patch_size", default: 16)
        lpips.patchSize = side
        let encoder = try DINOv2Arguments(config.settings("dino"), basePatchSize: side)
        dino.encoder.network = encoder.configuration
        dino.encoder.basePatchSize = side
        dino.layers = try encoder.layers(config, "dino_layers")
        try lpips.validate()
        try dino.validate()
    }
}
