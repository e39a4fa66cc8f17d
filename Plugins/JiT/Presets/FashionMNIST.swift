import SwiffuseDiffusion

extension JiTPresets {
    /// A small JiT.
    static let fashionMNIST = Preset.fashionMNIST(
        "fashion-mnist", model: "JiT", backbone: smallTrunk, target: .cleanImage)

    /// An assembled model: JiT's trunk and prediction of clean images, drawn by DeCo's pixel decoder;
    /// epsilon as in `fashion-mnist-deco`.
    static let fashionMNISTDecoder = Preset.fashionMNIST(
        "fashion-mnist-jit-deco", model: "JiT with DeCo's pixel decoder",
        backbone: """
            \(smallTrunk)
            decoderDepth: 2
            decoderWidth: 16
            """, target: .cleanImage, epsilon: 3e-6)

    /// An assembled model: JiT, which also learns from DeCo's loss on frequencies, where there is something to see.
    static let fashionMNISTFrequency = Preset.fashionMNIST(
        "fashion-mnist-jit-frequency", model: "JiT with DeCo's frequency loss", backbone: smallTrunk,
        target: .cleanImage, losses: ["{ type: frequency, weight: 1, quality: 85, gate: { from: 0.3 } }"])

    private static let smallTrunk = """
        type: jit
        patchSize: 8
        hiddenSize: 128
        depth: 6
        headCount: 4
        bottleneckSize: 32
        inContextLength: 4
        inContextStart: 2
        """
}
