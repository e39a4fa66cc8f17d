import SwiffuseDiffusion

extension DiTPresets {
    /// A small DiT beside JiT's `fashion-mnist`, with as many tokens.
    static let fashionMNIST = Preset.fashionMNIST(
        "fashion-mnist-dit", model: "DiT",
        backbone: """
            type: dit
            patchSize: 8
            hiddenSize: 128
            depth: 6
            headCount: 4
            """, target: .velocity)
}
