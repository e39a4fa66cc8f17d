public import SwiffuseDiffusion

/// The JiT backbone and its presets.
public struct JiTPlugin: Plugin {
    public let name = "jit"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: JiT.self)
        for preset in JiTPresets.all { try registry.register(preset: preset) }
    }
}
