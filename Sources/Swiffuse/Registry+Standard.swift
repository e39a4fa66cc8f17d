import SwiffuseDeCo
import SwiffuseDiT
public import SwiffuseDiffusion
import SwiffuseInception
import SwiffuseJiT
import SwiffusePerceptual
import SwiffusePixNerd

extension Registry {
    /// The plugins of this package.
    public static var standardPlugins: [any Plugin] {
        [
            StandardParts(), JiTPlugin(), PerceptualPlugin(), InceptionPlugin(), DiTPlugin(), DeCoPlugin(),
            PixNerdPlugin(),
        ]
    }

    /// All parts and presets of this package.
    public static var standard: Registry {
        get throws(RegistryError) { try Registry(plugins: standardPlugins) }
    }

    /// All parts and presets of this package, and those of further plugins.
    ///
    /// - Throws: `RegistryError` if two plugins want the same key.
    public static func standard(adding plugins: [any Plugin]) throws(RegistryError) -> Registry {
        try Registry(plugins: standardPlugins + plugins)
    }
}
