import SwiffuseDiffusion

extension JiTPresets {
    /// An assembled model: JiT's trunk and prediction of clean images, drawn by DeCo's pixel decoder.
    static let fashionMNISTDecoder = Preset(
        name: "fashion-mnist-jit-deco",
        summary: "a small JiT with DeCo's pixel decoder for Fashion-MNIST, trained in minutes on two processor cores",
        yaml: """
            name: fashion-mnist-jit-deco
            image: { channels: 1, height: 32, width: 32 }
            classes: 10
            data: fashion-mnist
            backbone:
              type: jit
              patchSize: 8
              hiddenSize: 128
              depth: 6
              headCount: 4
              bottleneckSize: 32
              inContextLength: 4
              inContextStart: 2
              decoderDepth: 2
              decoderWidth: 16
            target: { type: clean-image, loss: velocity, trainingClamp: 0.05, samplingClamp: 0.05 }
            path: linear
            times: { type: logit-normal, mean: -0.8, deviation: 0.8 }
            training:
              batchSize: 128
              steps: 1150
              classDropout: 0.1
              optimizer: { learningRate: 0.002, beta1: 0.9, beta2: 0.99 }
              schedule: { type: cosine, warmupSteps: 100 }
              gradientClipping: 1
              ema: [0.995]
              logEvery: 20
              checkpointEvery: 500
              sampleEvery: 500
            sampling:
              solver: { type: heun, evaluations: exact }
              grid: { steps: 20 }
              guidance: { type: classifier-free, scale: 2.25, interval: [0.04, 1.0], convention: jit }

            """)
}
