import SwiffuseDiffusion

/// The class models of PixelGen (arXiv:2602.02493), with the numbers of its repository's `configs_c2i`.
///
/// `official` where paper and code disagree, so that the published numbers are the ones reproduced. The batch of 256 is
/// 8 passes of 32 here. The files of the networks are the user's affair: `losses.<n>.….weights.file`.
struct PixelGen {
    static let presets = [baseline, large, extraLarge, extraLargeUnguided]

    /// `JiT_Large_Baseline.yaml`: "JiT with REPA loss", the baseline of the paper's tables.
    private static let baseline = PixelGen(title: "PixelGen-L baseline", losses: [repa]).recipe
        .preset("pixelgen-l-baseline", summary: "PixelGen's baseline: JiT-L/16 with REPA, ImageNet at 256²")

    /// `PixelGen_Large.yaml`.
    private static let large = PixelGen(title: "PixelGen-L").recipe
        .preset("pixelgen-l", summary: "PixelGen-L/16 of the paper, ImageNet at 256²")

    /// `PixelGen_XL.yaml`.
    private static let extraLarge = extraLarge(title: "PixelGen-XL", guidance: 2.25)
        .preset("pixelgen-xl", summary: "PixelGen-XL/16 of the paper, ImageNet at 256², drawn with guidance 2.25")

    /// `PixelGen_XL_without_CFG.yaml`.
    private static let extraLargeUnguided = extraLarge(title: "PixelGen-XL without CFG", guidance: 1)
        .preset(
            "pixelgen-xl-without-cfg",
            summary: "PixelGen-XL/16 of the paper, ImageNet at 256², drawn without guidance")

    private static let repa = "{ type: repa, weight: 0.5, alignLayer: 8, layer: 11 }"
    private static let perceptual = [
        "{ type: lpips, weight: 0.1, network: { heads: learned }, gate: { from: 0.3, convention: official } }",
        "{ type: p-dino, weight: 0.01, layers: [11], gate: { from: 0.3, convention: official } }",
    ]

    private let title: String
    private var losses = [repa] + perceptual
    private var hiddenSize = 1024
    private var depth = 24
    private var bottleneckSize = 128
    private var projectionDropout = 0.0
    private var steps = 200_000

    private static func extraLarge(title: String, guidance: Double) -> Preset.ImageNet {
        let model = PixelGen(
            title: title, hiddenSize: 1152, depth: 28, bottleneckSize: 0, projectionDropout: 0.1, steps: 800_000)
        var recipe = model.recipe
        recipe.sampling.solver = "{ type: heun, evaluations: exact }"
        recipe.sampling.shift = 2
        recipe.sampling.scale = guidance
        recipe.sampling.interval = 0.1...0.9
        return recipe
    }

    private var recipe: Preset.ImageNet {
        var recipe = Preset.ImageNet(
            title: title, backbone: backbone, target: .cleanImage, losses: losses, steps: steps)
        // The baseline has nothing to balance: REPA is left as it is.
        if losses.count > 1 { recipe.balance = "{ isOn: true, from: 400000, every: 50 }" }
        return recipe
    }

    private var backbone: String {
        """
        type: jit
        patchSize: 16
        hiddenSize: \(hiddenSize)
        depth: \(depth)
        headCount: 16
        bottleneckSize: \(bottleneckSize)
        inContextLength: 32
        inContextStart: 8
        projectionDropout: \(projectionDropout)
        """
    }
}
