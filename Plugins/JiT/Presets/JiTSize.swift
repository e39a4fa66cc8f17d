import SwiffuseDiffusion

/// The models of the JiT paper (arXiv:2511.13720) with its numbers for ImageNet.
///
/// Architecture: the class presets of the official code. Training: AdamW with rate 2·10⁻⁴ after 5 epochs of warm-up,
/// 1024 images per update, 600 epochs of 1251 updates (1,281,167 images, incomplete batches dropped). A batch of 1024
/// is 32 passes of 32 here. Sampling: Heun, 50 steps, guidance inside 0.1…1 with the scale of the official training
/// script.
struct JiTSize {
    /// The two resolutions of the paper, both cut into 16 × 16 patches.
    enum Resolution {
        /// 256² in patches of 16, noise of scale 1.
        case small
        /// 512² in patches of 32, noise of scale 2.
        case large

        var side: Int { self == .small ? 256 : 512 }
        var patchSize: Int { self == .small ? 16 : 32 }
        var noiseScale: Double { self == .small ? 1 : 2 }
    }

    static let base = JiTSize(
        letter: "B", hiddenSize: 768, depth: 12, headCount: 12, bottleneckSize: 128, inContextStart: 4, dropout: 0)
    static let large = JiTSize(
        letter: "L", hiddenSize: 1024, depth: 24, headCount: 16, bottleneckSize: 128, inContextStart: 8, dropout: 0)
    static let huge = JiTSize(
        letter: "H", hiddenSize: 1280, depth: 32, headCount: 16, bottleneckSize: 256, inContextStart: 10, dropout: 0.2)

    let letter: String
    let hiddenSize: Int
    let depth: Int
    let headCount: Int
    let bottleneckSize: Int
    let inContextStart: Int
    let dropout: Double

    func preset(at resolution: Resolution) -> Preset {
        Preset(
            name: "jit-\(letter.lowercased())-\(resolution.patchSize)",
            summary: "JiT-\(letter)/\(resolution.patchSize) of the paper, ImageNet at \(resolution.side)²",
            yaml: yaml(at: resolution))
    }

    private func yaml(at resolution: Resolution) -> String {
        """
        name: JiT-\(letter)/\(resolution.patchSize)
        image: { channels: 3, height: \(resolution.side), width: \(resolution.side) }
        classes: 1000
        data: { type: class-folders, folder: imagenet/train }
        backbone:
          type: jit
          patchSize: \(resolution.patchSize)
          hiddenSize: \(hiddenSize)
          depth: \(depth)
          headCount: \(headCount)
          bottleneckSize: \(bottleneckSize)
          inContextLength: 32
          inContextStart: \(inContextStart)
          projectionDropout: \(dropout)
        target: { type: clean-image, loss: velocity, trainingClamp: 0.05, samplingClamp: 0.05 }
        path: linear
        times: { type: logit-normal, mean: -0.8, deviation: 0.8 }
        training:
          batchSize: 32
          accumulation: 32
          steps: 750600
          classDropout: 0.1
          noiseScale: \(resolution.noiseScale)
          optimizer: { learningRate: 0.0002, beta1: 0.9, beta2: 0.95, weightDecay: 0.0 }
          schedule: { type: warm-up, warmupSteps: 6255 }
          ema: [0.9999, 0.9998, 0.9996]
          flip: true
        sampling:
          solver: { type: heun, evaluations: exact }
          grid: { steps: 50 }
          guidance: { type: classifier-free, scale: 2.9, interval: [0.1, 1.0], convention: jit }

        """
    }
}
