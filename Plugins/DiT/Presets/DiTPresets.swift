import SwiffuseDiffusion

/// The recipes that come with DiT: the baselines of DeCo's tables (arXiv:2511.19365). The file of the network that REPA
/// looks through is the user's affair: `losses.0.encoder.weights.file`.
enum DiTPresets {
    static var all: [Preset] { [large, extraLarge, fashionMNIST] }

    /// DeCo `configs_c2i/Baseline_DiT.yaml`.
    static let large = recipe("DiT-L/16", hiddenSize: 1024, depth: 24, steps: 200_000)
        .preset("dit-l-16", summary: "DiT-L/16 on pixels, DeCo's baseline, ImageNet at 256²")

    /// DeCo `configs_c2i/Baseline_DiT_XL.yaml`.
    static var extraLarge: Preset {
        var recipe = recipe("DiT-XL/16", hiddenSize: 1152, depth: 28, steps: 4_000_000)
        recipe.sampling.steps = 100
        recipe.sampling.scale = 3.2
        return recipe.preset("dit-xl-16", summary: "DiT-XL/16 on pixels, DeCo's baseline, ImageNet at 256²")
    }

    private static func recipe(_ title: String, hiddenSize: Int, depth: Int, steps: Int) -> Preset.ImageNet {
        Preset.ImageNet(
            title: title,
            backbone: """
                type: dit
                patchSize: 16
                hiddenSize: \(hiddenSize)
                depth: \(depth)
                headCount: 16
                """, target: .velocity, losses: ["{ type: repa, weight: 0.5, alignLayer: 8, layer: 11 }"],
            steps: steps)
    }
}
