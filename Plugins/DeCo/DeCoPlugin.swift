public import SwiffuseDiffusion

/// The DeCo backbone, its loss and its presets.
public struct DeCoPlugin: Plugin {
    public let name = "deco"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: DeCo.self)
        try registry.register(loss: FrequencyLoss.self)
        for preset in DeCoPresets.all { try registry.register(preset: preset) }
    }
}
