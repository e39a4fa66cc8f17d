public import SwiffuseDiffusion

/// The PixNerd backbone and its presets.
public struct PixNerdPlugin: Plugin {
    public let name = "pixnerd"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: PixNerd.self)
        for preset in PixNerdPresets.all { try registry.register(preset: preset) }
    }
}
