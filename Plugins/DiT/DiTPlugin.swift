public import SwiffuseDiffusion

/// The DiT backbone and its presets.
public struct DiTPlugin: Plugin {
    public let name = "dit"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: DiT.self)
        for preset in DiTPresets.all { try registry.register(preset: preset) }
    }
}
