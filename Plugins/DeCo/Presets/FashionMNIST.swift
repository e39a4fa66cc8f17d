import SwiffuseDiffusion

extension DeCoPresets {
    /// A small DeCo beside JiT's `fashion-mnist`, with as many tokens. Its decoder learns by the number of updates more
    /// than by that of images: hence small batches. With AdamW's usual epsilon of 1e-8 its first hundred updates
    /// depend on rounding errors, and learn less.
    static let fashionMNIST = Preset.fashionMNIST(
        "fashion-mnist-deco", model: "DeCo",
        backbone: """
            type: deco
            patchSize: 8
            hiddenSize: 128
            depth: 5
            headCount: 4
            decoderDepth: 2
            decoderWidth: 16
            """, target: .velocity, losses: ["{ type: frequency, weight: 1, quality: 85, clamp: 0.001 }"],
        learningRate: 0.004, epsilon: 3e-6, batchSize: 32, steps: 2300)
}
