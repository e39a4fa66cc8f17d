public import SwiffuseDiffusion
import SwiffuseEvaluation

/// LPIPS, P-DINO and REPA, and the recipes of PixelGen.
public struct PerceptualPlugin: Plugin {
    public let name = "perceptual"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(loss: LPIPSLoss.self)
        try registry.register(loss: PDINOLoss.self)
        try registry.register(loss: REPALoss.self)
        try registry.register(features: DINOv2Features.self)
        try registry.register(features: EncoderFeatures.self)
        for preset in PixelGen.presets { try registry.register(preset: preset) }
    }
}
