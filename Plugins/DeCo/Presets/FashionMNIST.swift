import SwiffuseDiffusion

extension DeCoPresets {
    /// A small DeCo beside JiT's `fashion-mnist`: as many tokens, the same updates, velocity prediction.
    static let fashionMNIST = Preset(
        name: "fashion-mnist-deco",
        summary: "a small DeCo for Fashion-MNIST, trained in minutes on two processor cores",
        yaml: """
            name: fashion-mnist-deco
            image: { channels: 1, height: 32, width: 32 }
            classes: 10
            data: fashion-mnist
            backbone:
              type: deco
              patchSize: 8
              hiddenSize: 128
              depth: 5
              headCount: 4
              decoderDepth: 2
              decoderWidth: 16
            target: { type: velocity, loss: velocity }
            path: linear
            times: { type: logit-normal, mean: 0.0, deviation: 1.0 }
            losses:
              - { type: frequency, weight: 1, quality: 85, clamp: 0.001 }
            training:
              batchSize: 128
              steps: 1150
              classDropout: 0.1
              optimizer: { learningRate: 0.001, beta1: 0.9, beta2: 0.99 }
              schedule: { type: cosine, warmupSteps: 100 }
              gradientClipping: 1
              ema: [0.995]
              logEvery: 20
              checkpointEvery: 500
              sampleEvery: 500
            sampling:
              solver: { type: heun, evaluations: exact }
              grid: { steps: 20 }
              guidance: { type: classifier-free, scale: 2.25, interval: [0.1, 1.0], convention: official }

            """)
}
