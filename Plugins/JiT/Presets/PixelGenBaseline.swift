import SwiffuseDiffusion

extension JiTPresets {
    /// PixelGen `configs_c2i/JiT_Large_Baseline.yaml`, without its feature alignment loss (REPA).
    static let pixelGenBaseline = Preset(
        name: "pixelgen-l-baseline",
        summary: "PixelGen's JiT-L/16 baseline, ImageNet at 256², without its REPA term",
        yaml: """
            name: PixelGen-L baseline
            image: { channels: 3, height: 256, width: 256 }
            classes: 1000
            data: { type: class-folders, folder: imagenet/train }
            backbone:
              type: jit
              patchSize: 16
              hiddenSize: 1024
              depth: 24
              headCount: 16
              bottleneckSize: 128
              inContextLength: 32
              inContextStart: 8
            target: { type: clean-image, loss: velocity, trainingClamp: 0.05, samplingClamp: 0.05 }
            path: linear
            times: { type: logit-normal, mean: -0.8, deviation: 0.8 }
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
