import SwiffuseDiffusion

/// The class-to-image models of DeCo (arXiv:2511.19365) with the numbers of its code. The file of the network that REPA
/// looks through is the user's affair: `losses.1.encoder.weights.file`.
struct DeCoSize {
    /// DeCo `configs_c2i/DeCo_large.yaml`.
    static let large = DeCoSize(
        key: "deco-l-16", name: "DeCo-L/16", side: 256, hiddenSize: 1024, depth: 22, batchSize: 32,
        steps: 200_000, classDropout: 0.1, samplingSteps: 50, guidanceScale: 1.0, guidanceStart: 0.0)

    /// DeCo `configs_c2i/DeCo_XL.yaml`.
    static let extraLarge = DeCoSize(
        key: "deco-xl-16", name: "DeCo-XL/16", side: 256, hiddenSize: 1152, depth: 28, batchSize: 32,
        steps: 4_000_000, classDropout: 0.2, samplingSteps: 100, guidanceScale: 3.2, guidanceStart: 0.1)

    /// DeCo `configs_c2i/DeCo_XL_512.yaml`.
    static let extraLarge512 = DeCoSize(
        key: "deco-xl-16-512", name: "DeCo-XL/16 at 512", side: 512, hiddenSize: 1152, depth: 28, batchSize: 16,
        steps: 1_700_000, classDropout: 0.2, samplingSteps: 100, guidanceScale: 5.0,
        guidanceStart: 0.1)

    let key: String
    let name: String
    let side: Int
    let hiddenSize: Int
    let depth: Int
    let batchSize: Int
    let steps: Int
    let classDropout: Double
    let samplingSteps: Int
    let guidanceScale: Double
    let guidanceStart: Double

    var preset: Preset {
        var recipe = Preset.ImageNet(
            title: name, backbone: backbone, target: .velocity,
            losses: [
                "{ type: frequency, weight: 1, quality: 85, clamp: 0.001 }",
                "{ type: repa, weight: 0.5, alignLayer: 8, layer: 11 }",
            ], steps: steps)
        recipe.side = side
        recipe.batchSize = batchSize
        recipe.classDropout = classDropout
        recipe.sampling.steps = samplingSteps
        recipe.sampling.scale = guidanceScale
        recipe.sampling.interval = guidanceStart...1
        return recipe.preset(key, summary: "\(name) of the paper, ImageNet at \(side)²")
    }

    private var backbone: String {
        """
        type: deco
        patchSize: 16
        hiddenSize: \(hiddenSize)
        depth: \(depth)
        headCount: 16
        decoderDepth: 3
        decoderWidth: 32
        """
    }
}
