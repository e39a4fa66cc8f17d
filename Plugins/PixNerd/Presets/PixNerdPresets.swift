import SwiffuseDiffusion

/// The recipes that come with PixNerd.
enum PixNerdPresets {
    static var all: [Preset] { [large, fashionMNIST] }

    /// DeCo `configs_c2i/Baseline_PixNerd.yaml`. The file of the network that REPA looks through is the user's affair:
    /// `losses.0.encoder.weights.file`.
    static let large = Preset(
        name: "pixnerd-l-16",
        summary: "PixNerd-L/16, DeCo's baseline, ImageNet at 256²",
        yaml: """
            name: PixNerd-L/16
            image: { channels: 3, height: 256, width: 256 }
            classes: 1000
            data: { type: class-folders, folder: imagenet/train }
            backbone:
              type: pixnerd
              patchSize: 16
              hiddenSize: 1024
              depth: 22
              headCount: 16
              fieldDepth: 2
              fieldWidth: 64
              fieldRatio: 2
            target: { type: velocity, loss: velocity }
            path: linear
            times: { type: logit-normal, mean: 0.0, deviation: 1.0 }
            losses:
              - { type: repa, weight: 0.5, alignLayer: 8, layer: 11 }
            training:
              batchSize: 32
              accumulation: 8
              steps: 200000
              classDropout: 0.1
              optimizer: { learningRate: 0.0001, beta1: 0.9, beta2: 0.999, weightDecay: 0.0 }
              ema: [0.9999]
            sampling:
              solver: euler
              grid: { steps: 50 }
              guidance: { type: classifier-free, scale: 1.0, interval: [0.1, 1.0], convention: official }

            """)
}
