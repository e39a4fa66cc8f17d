public import SwiffuseDiffusion

/// Inception-v3 as the network of FID, sFID and the Inception Score.
public struct InceptionPlugin: Plugin {
    public let name = "inception"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(features: InceptionFeatures.self)
    }
}
