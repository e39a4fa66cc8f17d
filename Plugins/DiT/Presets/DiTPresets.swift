import SwiffuseDiffusion

/// The recipes that come with DiT: the baselines of DeCo's tables (arXiv:2511.19365). The file of the network that REPA
/// looks through is the user's affair: `losses.0.encoder.weights.file`.
enum DiTPresets {
    static var all: [Preset] { [large, extraLarge, fashionMNIST] }

    /// DeCo `configs_c2i/Baseline_DiT.yaml`.
    static let large = Preset(
        name: "dit-l-16",
        summary: "DiT-L/16 on pixels, DeCo's baseline, ImageNet at 256²",
        yaml: yaml(
            name: "DiT-L/16", hiddenSize: 1024, depth: 24, steps: 200_000, samplingSteps: 50, guidanceScale: 1.0))

    /// DeCo `configs_c2i/Baseline_DiT_XL.yaml`.
    static let extraLarge = Preset(
        name: "dit-xl-16",
        summary: "DiT-XL/16 on pixels, DeCo's baseline, ImageNet at 256²",
        yaml: yaml(
            name: "DiT-XL/16", hiddenSize: 1152, depth: 28, steps: 4_000_000, samplingSteps: 100, guidanceScale: 3.2))

    private static func yaml(
        name: String, hiddenSize: Int, depth: Int, steps: Int, samplingSteps: Int, guidanceScale: Double
    ) -> String {
        """
        name: \(name)
        image: { channels: 3, height: 256, width: 256 }
        classes: 1000
        data: { type: class-folders, folder: imagenet/train }
        backbone:
          type: dit
          patchSize: 16
          hiddenSize: \(hiddenSize)
          depth: \(depth)
          headCount: 16
        target: { type: velocity, loss: velocity }
        path: linear
        times: { type: logit-normal, mean: 0.0, deviation: 1.0 }
        losses:
          - { type: repa, weight: 0.5, alignLayer: 8, layer: 11 }
        training:
          batchSize: 32
          accumulation: 8
          steps: \(steps)
          classDropout: 0.1
          optimizer: { learningRate: 0.0001, beta1: 0.9, beta2: 0.999, weightDecay: 0.0 }
          ema: [0.9999]
        sampling:
          solver: euler
          grid: { steps: \(samplingSteps) }
          guidance: { type: classifier-free, scale: \(guidanceScale), interval: [0.1, 1.0], convention: official }

        """
    }
}
