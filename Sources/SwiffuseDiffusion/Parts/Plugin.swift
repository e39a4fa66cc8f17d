/// A set of parts that belong together.
public protocol Plugin: Sendable {
    /// For messages and lists: "standard", "jit".
    var name: String { get }

    /// Adds the parts: `try registry.register(backbone: JiT.self)`.
    func register(in registry: inout Registry) throws(RegistryError)
}
