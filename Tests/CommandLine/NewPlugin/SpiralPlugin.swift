public import Swiffuse

/// The parts and presets of this package, for a `Registry` and for the command line.
public struct SpiralPlugin: Plugin {
    public let name = "spiral"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(backbone: SpiralBackbone.self)
        try registry.register(
            preset: .fashionMNIST(
                "fashion-mnist-spiral", model: "spiral",
                backbone: """
                    type: spiral
                    patchSize: 8
                    width: 128
                    depth: 4
                    """, target: .cleanImage))
    }
}
