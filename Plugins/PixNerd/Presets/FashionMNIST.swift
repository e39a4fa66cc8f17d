import SwiffuseDiffusion

extension PixNerdPresets {
    /// A small PixNerd beside JiT's `fashion-mnist`, with as many tokens.
    static let fashionMNIST = Preset.fashionMNIST(
        "fashion-mnist-pixnerd", model: "PixNerd",
        backbone: """
            type: pixnerd
            patchSize: 8
            hiddenSize: 128
            depth: 5
            headCount: 4
            fieldDepth: 2
            fieldWidth: 16
            fieldRatio: 2
            """, target: .velocity)
}
