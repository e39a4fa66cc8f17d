public import SwiffuseDiffusion

/// The DeCo backbone and its presets.
public struct DeCoPlugin: Plugin {
    public let name = "deco"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: DeCo.self)
        for preset in DeCoPresets.all { try registry.register(preset: preset) }
    }
}
