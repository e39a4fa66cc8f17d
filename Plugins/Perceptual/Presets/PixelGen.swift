import SwiffuseDiffusion

/// The class models of PixelGen (arXiv:2602.02493), with the numbers of its repository's `configs_c2i`.
///
/// `official` where paper and code disagree, so that the published numbers are the ones reproduced. The batch of 256 is
/// 8 passes of 32 here. The files of the three networks are the user's affair: `losses.<n>.….weights.file`.
struct PixelGen {
    /// Everything that differs between the recipes.
    struct Size {
        let hiddenSize: Int
        let depth: Int
        let bottleneckSize: Int
        let projectionDropout: Double
        let steps: Int
        let sampling: String
    }

    static let large = PixelGen(
        name: "pixelgen-l", title: "PixelGen-L", summary: "PixelGen-L/16 of the paper, ImageNet at 256²",
        size: Size(
            hiddenSize: 1024, depth: 24, bottleneckSize: 128, projectionDropout: 0, steps: 200_000,
            sampling: sampling(solver: "euler", scale: 1, high: 1, shift: 1)))

    static let extraLarge = PixelGen(
        name: "pixelgen-xl", title: "PixelGen-XL",
        summary: "PixelGen-XL/16 of the paper, ImageNet at 256², drawn with guidance 2.25",
        size: extraLargeSize(guidance: 2.25))

    static let extraLargeUnguided = PixelGen(
        name: "pixelgen-xl-without-cfg", title: "PixelGen-XL without CFG",
        summary: "PixelGen-XL/16 of the paper, ImageNet at 256², drawn without guidance",
        size: extraLargeSize(guidance: 1))

    static let presets = [large.preset, extraLarge.preset, extraLargeUnguided.preset]

    let name: String
    let title: String
    let summary: String
    let size: Size

    var preset: Preset { Preset(name: name, summary: summary, yaml: yaml) }

    private static func extraLargeSize(guidance: Double) -> Size {
        Size(
            hiddenSize: 1152, depth: 28, bottleneckSize: 0, projectionDropout: 0.1, steps: 800_000,
            sampling: sampling(solver: "{ type: heun, evaluations: exact }", scale: guidance, high: 0.9, shift: 2))
    }

    private static func sampling(solver: String, scale: Double, high: Double, shift: Double) -> String {
        """
        sampling:
          solver: \(solver)
          grid: { steps: 50, shift: \(shift) }
          guidance: { type: classifier-free, scale: \(scale), interval: [0.1, \(high)], convention: official }
        """
    }

    private var yaml: String {
        """
        name: \(title)
        image: { channels: 3, height: 256, width: 256 }
        classes: 1000
        data: { type: class-folders, folder: imagenet/train }
        backbone:
          type: jit
          patchSize: 16
          hiddenSize: \(size.hiddenSize)
          depth: \(size.depth)
          headCount: 16
          bottleneckSize: \(size.bottleneckSize)
          inContextLength: 32
          inContextStart: 8
          projectionDropout: \(size.projectionDropout)
        target: { type: clean-image, loss: velocity, trainingClamp: 0.05, samplingClamp: 0.05 }
        path: linear
        times: { type: logit-normal, mean: -0.8, deviation: 0.8, shift: 1.0 }
        losses:
          - { type: repa, weight: 0.5, alignLayer: 8, layer: 11 }
          - { type: lpips, weight: 0.1, gate: { from: 0.3, convention: official } }
          - { type: p-dino, weight: 0.01, layers: [11], gate: { from: 0.3, convention: official } }
        training:
          batchSize: 32
          accumulation: 8
          steps: \(size.steps)
          classDropout: 0.1
          balance: { isOn: true, from: 400000, every: 50 }
          optimizer: { learningRate: 0.0001, beta1: 0.9, beta2: 0.999, weightDecay: 0.0 }
          ema: [0.9999]
        \(size.sampling)

        """
    }
}
