import SwiffuseDiffusion

/// The recipes that come with PixNerd.
enum PixNerdPresets {
    static var all: [Preset] { [large, fashionMNIST] }

    /// DeCo `configs_c2i/Baseline_PixNerd.yaml`. The file of the network that REPA looks through is the user's affair:
    /// `losses.0.encoder.weights.file`.
    static let large = Preset.ImageNet(
        title: "PixNerd-L/16",
        backbone: """
            type: pixnerd
            patchSize: 16
            hiddenSize: 1024
            depth: 22
            headCount: 16
            fieldDepth: 2
            fieldWidth: 64
            fieldRatio: 2
            """, target: .velocity, losses: ["{ type: repa, weight: 0.5, alignLayer: 8, layer: 11 }"], steps: 200_000
    ).preset("pixnerd-l-16", summary: "PixNerd-L/16, DeCo's baseline, ImageNet at 256²")
}
