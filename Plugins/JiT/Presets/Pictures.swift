import SwiffuseDiffusion

extension JiTPresets {
    /// A JiT for people's own pictures that a laptop can train: 64 × 64 in colour, without classes.
    static let pictures = Preset(
        name: "pictures-64",
        summary: "a JiT of 9 million parameters for your own pictures, 64 × 64 in colour; set data.folder",
        yaml: """
            name: pictures-64
            image: { channels: 3, height: 64, width: 64 }
            classes: 0
            data: { type: picture-folder, folder: pictures }
            backbone:
              type: jit
              patchSize: 8
              hiddenSize: 256
              depth: 8
              headCount: 4
              bottleneckSize: 64
              inContextLength: 0
              inContextStart: 0
            target: { type: clean-image, loss: velocity, trainingClamp: 0.05, samplingClamp: 0.05 }
            path: linear
            times: { type: logit-normal, mean: -0.8, deviation: 0.8 }
            training:
              batchSize: 32
              steps: 10000
              flip: true
              optimizer: { learningRate: 0.001, beta1: 0.9, beta2: 0.99 }
              schedule: { type: cosine, warmupSteps: 200 }
              gradientClipping: 1
              ema: [0.999]
              logEvery: 50
              checkpointEvery: 500
              sampleEvery: 500
            sampling:
              solver: { type: heun, evaluations: exact }
              grid: { steps: 25 }
              guidance: none

            """)
}
